import { leasePlan } from '../durable/lease-plan.ts'
import { askBreaker, breakerOutage } from './breaker-hops.ts'
import { decide, noteReset } from './breaker-view.ts'
import { DEAR_PERMIT_MS } from './constants.ts'
import type { Demand, GateTools } from './gates.ts'
import { scopeKey } from './limit-key.ts'
import { currentOutage } from './outage.ts'
import { leaseAhead, type RateLimit } from './permits.ts'
import { breakerOf } from './state.ts'
import type { GatesRoom } from './world.ts'

/**
 * Asks ahead for the calls of a batch, all at the same time, so that they need no hop each. A limit with a key of its own is
 * left to the calls: only they have what it is made of. So are the trials of a half-open breaker, and permits that are rare: one
 * whose call is not made, or is made by another isolate, is lost. Where the breaker refuses, no permit is leased. What cannot be
 * asked is noted; the calls meet it, and say so.
 */
export async function prime(room: GatesRoom, demands: readonly Demand[], tools: GateTools): Promise<void> {
  const limits = new Map<string, RateLimit & { count: number; guarded: boolean }>()
  const breakers = new Map<string, Demand>()
  for (const demand of demands) {
    const { connector, policy, override, resetAt, count } = demand
    if (count <= 0) continue
    noteReset(breakerOf(room.state, connector), resetAt)
    const guarded = policy.circuitBreaker !== null && !override
    if (guarded && needsAsking(room, connector)) breakers.set(connector, demand)
    const key = policy.rateLimit && override !== 'open' ? scopeKey('rate', policy.rateLimit.key, demand) : null
    if (!policy.rateLimit || key === null || leasePlan(policy.rateLimit).perTokenMs >= DEAR_PERMIT_MS) continue
    const known = limits.get(key)
    limits.set(key, { connector, key, policy: policy.rateLimit, guarded, count: count + (known?.count ?? 0) })
  }
  const asked = new Map(
    [...breakers.values()].map(({ connector, policy }) => [
      connector,
      askBreaker(room, connector, policy, 0, tools).catch(() => undefined),
    ]),
  )
  await Promise.all([
    ...asked.values(),
    ...[...limits.values()].map(async (limit) => {
      if (limit.guarded && isUnknown(room, limit.connector)) await asked.get(limit.connector)
      if (!limit.guarded || !isRefusing(room, limit.connector)) await leaseAhead(room, limit, limit.count)
    }),
  ])
}

function isUnknown(room: GatesRoom, connector: string): boolean {
  return decide(breakerOf(room.state, connector), room.world.now()).kind === 'ask'
}

/** Open, or half-open: then the few calls that are let through take their permits themselves. */
function isRefusing(room: GatesRoom, connector: string): boolean {
  const { known } = breakerOf(room.state, connector)
  return known !== null && known.state !== 'closed'
}

function needsAsking(room: GatesRoom, connector: string): boolean {
  const decision = decide(breakerOf(room.state, connector), room.world.now())
  return (decision.kind === 'ask' || decision.stale) && !currentOutage(room, breakerOutage(connector))
}
