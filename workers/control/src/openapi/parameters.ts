/** What stands in a path, by collection: as what, and an example. */
interface PathParameter {
  text: string
  example: string
}

const ULID = '01KC5W3V9Q7X2M4N6P8R0S1T3V'

/** By the segment before it. */
export const PATH_PARAMETERS: Readonly<Record<string, PathParameter>> = {
  inbox: { text: 'The id of a webhook.', example: `whk_00${ULID}` },
  jobs: { text: 'The id of a job.', example: `job_00${ULID}` },
  attempts: { text: 'The id of an attempt.', example: `00-4711` },
  events: { text: 'The id of an event.', example: `00-4711-0` },
  'dead-letters': { text: 'The id of a dead letter: its job and generation.', example: `job_00${ULID}.1` },
  'bulk-operations': { text: 'The id of a bulk operation.', example: `blk_00${ULID}` },
  presets: { text: 'The id of a preset.', example: 'stripe' },
  providers: { text: 'The id of a provider.', example: 'stripe' },
  routes: { text: 'The id of a route.', example: 'stripe-to-billing' },
  connectors: { text: 'The id of a connector.', example: 'billing' },
  operations: { text: 'The name of an operation of the connector.', example: 'set-subscription' },
  policies: { text: 'The id of a policy.', example: 'billing' },
  clients: { text: 'The id of a client.', example: 'shop' },
  keys: { text: 'The id of a key.', example: '2026-11' },
  'config-revisions': { text: 'The number of a revision.', example: '17' },
  queues: { text: 'The name of a queue.', example: 'webhook' },
  secrets: { text: 'The name of a secret.', example: 'stripe-signing' },
  versions: { text: 'The number of a previous version.', example: '1' },
  'role-bindings': { text: 'To what it is bound: user, group or service.', example: 'user' },
  ':kind': {
    text: 'An email, a group as the identity provider names it, or the client id of a service token.',
    example: 'ada@example.com',
  },
  ':subject': { text: 'The role.', example: 'operator' },
  impersonations: { text: 'The id of an impersonation.', example: `imp_00${ULID}` },
  audit: { text: 'The sequence of an entry.', example: '42' },
}

/** What a query parameter means wherever it stands, unless its schema says more. */
export const QUERY_PARAMETERS: Readonly<Record<string, string>> = {
  limit: 'At most so many items.',
  cursor: '`nextCursor` of the page before.',
  from: 'Not before this time.',
  to: 'Before this time.',
  status: 'Only in this state.',
  provider: 'Only of this provider.',
  type: 'Only of this type of event.',
  eventType: 'Only of this type of event.',
  queue: 'Only in this queue.',
  key: 'Only this ordering key, exactly.',
  connector: 'Only of this connector.',
  client: 'Only of this client.',
  inboxId: 'Only of this webhook.',
  jobId: 'Only of this job.',
  requestId: 'Only of this request to `POST /execute`.',
  failed: '`true`: only what did not succeed; `false`: only what did.',
  class: 'Only of this cause of death.',
  kind: 'Only of this kind.',
  actor: 'Only by this person or service token.',
  action: 'Only this action.',
  target: 'Only what was done to this.',
  text: 'Only where this text stands.',
  impersonation: 'Only under this impersonation.',
  subject: 'Only of this person, group or service token.',
  role: 'Only of this role.',
  with: 'The other revision; the one in force by default.',
  after: '`next` of the verification before.',
  format: 'JSON Lines, or CSV for spreadsheets.',
}
