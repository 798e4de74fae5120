import type { Policy } from '@orchestrator/shared/contracts/policy'

/** What the key of a call is made of. */
interface Keyed {
  id: string
  /** Attempts that the upstream answered with a failure, over all generations. */
  answeredFailures: number
  /** The generation since which an operator wants it taken for other work; null: as from the first. */
  keyGeneration?: number | null
}

/**
 * How the upstream recognises repeated work. `job`: one key for all attempts and replays. `attempt`: a new one after each
 * failure that the upstream answered (some, like Stripe, replay a stored error), never after an attempt of unknown outcome.
 * A replay under a new key begins anew in both.
 */
export function idempotencyKey(keyPer: Policy['idempotency']['keyPer'], { id, answeredFailures, keyGeneration }: Keyed): string {
  const key = (keyGeneration ?? null) === null ? id : `${id}-g${keyGeneration}`
  return keyPer === 'job' || answeredFailures === 0 ? key : `${key}-${answeredFailures + 1}`
}
