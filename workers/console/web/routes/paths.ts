/** Addresses of the pages; the only place that spells them. */
export const paths = {
  overview: '/',
  webhooks: '/webhooks',
  webhook: (id: string) => `/webhooks/${encodeURIComponent(id)}`,
  jobs: '/jobs',
  job: (id: string) => `/jobs/${encodeURIComponent(id)}`,
  deadLetters: '/dead-letters',
  audit: '/audit',
} as const

/** Access ends the session here (https://developers.cloudflare.com/cloudflare-one/access-controls/access-settings/session-management/). */
export const LOG_OUT_PATH = '/cdn-cgi/access/logout'
