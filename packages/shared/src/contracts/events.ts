import * as z from 'zod'

/** Types of the event log: `{entity}.{past-tense verb}`. */
export const EVENT_TYPES = [
  'webhook.accepted',
  'webhook.ignored',
  'webhook.restored',
  'webhook.replayed',
  'route.filter_failed',
  'job.queued',
  'job.scheduled',
  'job.resent',
  'job.deferred',
  'job.retrying',
  'job.held',
  'job.lease_expired',
  'job.succeeded',
  'job.dead',
  'job.replayed',
  'job.revived',
  'job.cancelled',
  'job.resolved',
  'job.callback_created',
  'call.hedged',
  'retry.budget_exhausted',
  'connector.failing',
  'connector.auto_paused',
  'connector.address_refused',
  'dead_letter.received',
  'dead_letter.discarded',
  'ordering_key.released',
  'breaker.opened',
  'breaker.half_opened',
  'breaker.closed',
  'breaker.unavailable',
  'rate_limit.unavailable',
] as const
export const eventType = z.enum(EVENT_TYPES)
export type EventType = z.infer<typeof eventType>

/** One event. A row of the log may carry several, told apart by their place in the row. */
export const logEvent = z.object({
  type: eventType,
  jobId: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
})
export type LogEvent = z.infer<typeof logEvent>
