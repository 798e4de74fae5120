import type { RateLimitPolicy } from '@orchestrator/shared/contracts/policy'
import type { LimitState } from '@orchestrator/shared/policy/types'
import { type LeasePlan, leasePlan } from '../durable/lease-plan.ts'
import { DURABLE_OBJECT_DEADLINE_MS, LATE_TRIES } from './constants.ts'
import type { GateTools } from './gates.ts'
import { beginAsking, held, type Lease, left, type Lot, runsLow, spend, takeAnswer, wanted } from './lease.ts'
import { askInTime, currentOutage, decideWithout, noteOutage } from './outage.ts'
import { leaseOf, type Outage } from './state.ts'
import type { GatesRoom } from './world.ts'

/** One rate limit, as a call meets it. */
export interface RateLimit {
  connector: string
  /** The limiter's key. */
  key: string
  policy: RateLimitPolicy
}

export type Permit =
  | { allowed: true; lot: Lot | null; limit?: LimitState }
  | { allowed: false; retryAfterMs: number; limit?: LimitState }

/** Whether a call would be refused without a hop: nothing is leased, and nothing to be had. */
export function isUsedUp({ state, world }: GatesRoom, key: string): boolean {
  const lease = leaseOf(state, key)
  const now = world.now()
  return lease.emptyUntil > now && held(lease, now) === 0
}

/**
 * A permit of a rate limit: from what is leased, else by a hop of the call's own, which leases more where the calls of this
 * isolate come fast enough to use it. While the bucket is known to be empty nobody asks.
 */
export async function takePermit(room: GatesRoom, rate: RateLimit, tools: GateTools): Promise<Permit> {
  const { state, world } = room
  const plan = leasePlan(rate.policy)
  const lease = leaseOf(state, rate.key)
  const lot = spend(lease, world.now())
  if (lot) {
    if (runsLow(lease, plan, world.now())) tools.keep(refill(room, rate, lease, plan))
    return allowed(lease, lot)
  }
  // What the bucket said last holds, also where it cannot be asked now.
  if (lease.emptyUntil > world.now()) return refused(lease)
  const outage = currentOutage(room, rate.key)
  if (outage) return without(outage)
  for (let tries = 0; tries < LATE_TRIES; tries++) {
    let permits: number
    try {
      permits = await ask(room, rate, lease, plan, wanted(lease, plan, world.now(), 1))
    } catch {
      return without(currentOutage(room, rate.key) ?? noteOutage(room, rate.key, 'the rate limiter failed'))
    }
    const leased = spend(lease, world.now())
    if (leased) return allowed(lease, leased)
    if (permits === 0) return refused(lease)
  }
  return without(noteOutage(room, rate.key, `the rate limiter's answers take longer than its permits last (${plan.leaseMs} ms)`))

  function allowed(from: Lease, lot: Lot): Permit {
    return { allowed: true, lot, limit: standing(from, Math.ceil(plan.perTokenMs)) }
  }

  function refused(from: Lease): Permit {
    const retryAfterMs = Math.max(1, Math.ceil(from.emptyUntil - world.now()))
    return { allowed: false, retryAfterMs, limit: standing(from, retryAfterMs) }
  }

  function standing(from: Lease, resetMs: number): LimitState {
    return { limit: rate.policy.limit, perMs: rate.policy.perMs, remaining: left(from, world.now()), resetMs }
  }

  function without(failed: Outage): Permit {
    const event = { type: 'rate_limit.unavailable' as const, data: { connector: rate.connector } }
    const decision = decideWithout(failed, rate.policy.onUnavailable, event, tools)
    return decision.allowed ? { allowed: true, lot: null } : decision
  }
}

/** Leases ahead for calls that are about to come; what cannot be had, they find out themselves. */
export async function leaseAhead(room: GatesRoom, { key, policy }: RateLimit, count: number): Promise<void> {
  const plan = leasePlan(policy)
  const lease = leaseOf(room.state, key)
  const now = room.world.now()
  const missing = count - held(lease, now)
  if (missing <= 0 || lease.emptyUntil > now || currentOutage(room, key)) return
  await ask(room, { key, policy }, lease, plan, missing).catch(() => undefined)
}

async function refill(room: GatesRoom, rate: RateLimit, lease: Lease, plan: LeasePlan): Promise<void> {
  const count = wanted(lease, plan, room.world.now(), 0)
  if (count > 0) await ask(room, rate, lease, plan, count).catch(() => undefined)
}

/** One hop for `count` permits; answers how many were leased. */
async function ask(
  room: GatesRoom,
  { key, policy: { limit, perMs, burst } }: Pick<RateLimit, 'key' | 'policy'>,
  lease: Lease,
  plan: LeasePlan,
  count: number,
): Promise<number> {
  const { world } = room
  const startedAt = world.now()
  const asking = beginAsking(lease, count, startedAt, DURABLE_OBJECT_DEADLINE_MS)
  try {
    const answer = await askInTime(room, key, 'the rate limiter', () =>
      world.rateLimiter(key).acquire({ limit, perMs, burst }, count),
    )
    takeAnswer(lease, plan, answer, { count, startedAt }, world.now())
    return answer.permits
  } finally {
    asking.done()
  }
}
