import { MAX_BULK_RATE } from '@orchestrator/shared/contracts/bulk-api'

/** A step is due each second. */
export const STEP_MS = 1_000
/** After a pause or a late alarm a step catches up with no more than two seconds' worth. */
export const MAX_STEP_ITEMS = 2 * MAX_BULK_RATE
/** Rows that a step looks at for those that a filter lets through: some 30 ms of its database. */
export const MAX_LOOKED = 5_000

/** Waits after failures of what a step needs, ms: doubling, without end. */
export const RETRY_BASE_MS = 1_000
export const MAX_RETRY_MS = 60_000

/** An alarm that is so late has been lost, ms. */
export const LOST_ALARM_MS = 10_000

/** Rows that one count looks at, in each shard. Rows of webhooks hold their bodies, and are slow to walk over. */
export const MAX_COUNTED = 250_000
export const MAX_COUNTED_WEBHOOKS = 50_000
export const SAMPLE_SIZE = 10

/** The same `Idempotency-Key` means the same operation for so long, ms. */
export const KEY_WINDOW_MS = 86_400_000

/** Webhooks that are routed again at the same time. */
export const WEBHOOKS_AT_ONCE = 10

/** The limit of `sendBatch`. */
export const MAX_MESSAGES = 100
