import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody, inHeader } from './families.ts'

/**
 * `X-Hub-Signature: sha256=<hex>` over the raw body (WebSub). The method’s name is part of the value, and only SHA-256 is taken.
 * https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'jira',
  title: 'Jira and Confluence Cloud',
  verification: bodyHmac({ header: 'x-hub-signature', prefix: 'sha256=' }),
  eventId: inHeader('x-atlassian-webhook-identifier'),
  eventType: inBody('webhookEvent'),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developer.atlassian.com/cloud/jira/platform/webhooks/',
  secret: 'The secret given to the webhook, under System › WebHooks. Jira shows it only once, when it is saved.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create a webhook with this address under Settings › System › WebHooks.',
    'Let Jira generate a secret and paste it here.',
  ],
  deadlineSeconds: 30,
  retries: 'Up to 5 times, minutes apart, with X-Atlassian-Webhook-Retry counting.',
  cautions: [
    'Webhooks of Connect apps are not signed this way but carry a JWT: they are refused.',
    'Without a secret at Jira there is no signature, and everything is refused.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-atlassian-webhook-identifier': '0b1f7c1e-6a52-4c55-9d5f-2f4f4b1f0a01' },
  body: '{"timestamp":1760000000000,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"TEST-1"}}',
}
