import { askBreaker, breakerOutage } from './breaker-hops.ts'
import { decide } from './breaker-view.ts'
import type { Demand, GateTools } from './gates.ts'
import { scopeKey } from './limit-key.ts'
import { currentOutage } from './outage.ts'
import { leaseAhead, type RateLimit } from './permits.ts'
import { breakerOf } from './state.ts'
import type { GatesRoom } from './world.ts'

/**
 * Asks ahead for the calls of a batch, all at the same time, so that they need no hop each. A limit with a key of its own is
 * left to the calls: only they have what it is made of. So are the trials of a half-open breaker. What cannot be asked is noted;
 * the calls meet it, and say so.
 */
export async function prime(room: GatesRoom, demands: readonly Demand[], tools: GateTools): Promise<void> {
  const limits = new Map<string, RateLimit & { count: number }>()
  const breakers = new Map<string, Demand>()
  for (const demand of demands) {
    const { connector, policy, override, count } = demand
    if (count <= 0) continue
    if (policy.circuitBreaker && !override && needsAsking(room, connector)) breakers.set(connector, demand)
    const key = policy.rateLimit && override !== 'open' ? scopeKey('rate', policy.rateLimit.key, demand) : null
    if (!policy.rateLimit || key === null) continue
    limits.set(key, { connector, key, policy: policy.rateLimit, count: count + (limits.get(key)?.count ?? 0) })
  }
  await Promise.all([
    ...[...limits.values()].map((limit) => leaseAhead(room, limit, limit.count)),
    ...[...breakers.values()].map(({ connector, policy }) =>
      askBreaker(room, connector, policy, 0, tools).catch(() => undefined),
    ),
  ])
}

function needsAsking(room: GatesRoom, connector: string): boolean {
  const decision = decide(breakerOf(room.state, connector), room.world.now())
  return (decision.kind === 'ask' || decision.stale) && !currentOutage(room, breakerOutage(connector))
}
