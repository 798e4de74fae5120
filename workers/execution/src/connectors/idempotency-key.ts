import type { Policy } from '@orchestrator/shared/contracts/policy'

/**
 * How the upstream recognises repeated work. `job`: one key for all attempts and replays. `attempt`: a new one after each
 * failure that the upstream answered (some, like Stripe, replay a stored error), never after an attempt of unknown outcome.
 */
export function idempotencyKey(keyPer: Policy['idempotency']['keyPer'], job: { id: string; answeredFailures: number }): string {
  return keyPer === 'job' || job.answeredFailures === 0 ? job.id : `${job.id}-${job.answeredFailures + 1}`
}
