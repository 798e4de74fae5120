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
  audit: { text: 'The sequence of an entry.', example: '42' },
}
