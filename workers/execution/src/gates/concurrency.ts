import type { ConcurrencyPolicy } from '@orchestrator/shared/contracts/policy'
import { CONCURRENCY_RETRY_MS, NO_PLACE_FOR_MS, PLACE_GRACE_MS } from './constants.ts'
import type { GateTools } from './gates.ts'
import { askInTime, currentOutage, decideWithout, noteOutage } from './outage.ts'
import { type Outage, remember } from './state.ts'
import type { GatesRoom } from './world.ts'

/** One limit of calls in flight, as a call meets it. */
export interface ConcurrencyLimit {
  connector: string
  /** The limiter's key. */
  key: string
  policy: ConcurrencyPolicy
  /** How long the attempt may take, ms. */
  attemptMs: number
}

export type Place = { entered: true; leave(): void } | { entered: false; retryAfterMs: number }

/**
 * A place among the calls in flight. The id is made before the hop, so that a place whose answer was lost can be given back; one
 * whose holder died expires.
 */
export async function takePlace(room: GatesRoom, limit: ConcurrencyLimit, tools: GateTools): Promise<Place> {
  const { state, world } = room
  const { key, policy } = limit
  const outage = currentOutage(room, key)
  if (outage) return without(outage)
  if ((state.full.get(key) ?? 0) > world.now()) return { entered: false, retryAfterMs: CONCURRENCY_RETRY_MS }
  const id = crypto.randomUUID()
  let entered: boolean
  try {
    const ttlMs = limit.attemptMs + PLACE_GRACE_MS
    const answer = await askInTime(room, key, 'the concurrency limiter', () =>
      world.rateLimiter(key).enter({ limit: policy.limit }, id, ttlMs),
    )
    entered = answer.entered
  } catch {
    tools.keep(giveBack())
    return without(currentOutage(room, key) ?? noteOutage(room, key, 'the concurrency limiter failed'))
  }
  if (!entered) {
    remember(state.full, key, world.now() + NO_PLACE_FOR_MS)
    return { entered: false, retryAfterMs: CONCURRENCY_RETRY_MS }
  }
  let left = false
  return {
    entered: true,
    leave() {
      if (left) return
      left = true
      tools.keep(giveBack())
    },
  }

  async function giveBack(): Promise<void> {
    // One that cannot be given back expires.
    await askInTime(room, key, 'the concurrency limiter', () => world.rateLimiter(key).leave([id])).catch(() => undefined)
    state.full.delete(key)
  }

  function without(failed: Outage): Place {
    const event = { type: 'rate_limit.unavailable' as const, data: { connector: limit.connector, limit: 'concurrency' } }
    const decision = decideWithout(failed, policy.onUnavailable, event, tools)
    if (decision.allowed) return { entered: true, leave: () => undefined }
    return { entered: false, retryAfterMs: decision.retryAfterMs }
  }
}
