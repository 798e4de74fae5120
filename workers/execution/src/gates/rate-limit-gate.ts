import type { BreakerGate, RateLimitGate } from '@orchestrator/shared/policy/types'
import { type BreakerEntry, enterBreaker, knownEntry } from './breaker-gate.ts'
import { type Place, takePlace } from './concurrency.ts'
import { LATE_TRIES, UNAVAILABLE_RETRY_MS } from './constants.ts'
import type { GatedCall, GateTools } from './gates.ts'
import { noteCall, putBack } from './lease.ts'
import { limitKey } from './limit-key.ts'
import { isUsedUp, type Permit, type RateLimit, takePermit } from './permits.ts'
import { leaseOf } from './state.ts'
import type { GatesRoom } from './world.ts'

type Entry = Awaited<ReturnType<RateLimitGate['enter']>>

/**
 * Rate limit and concurrency of one call. A permit must be used when it is taken: one that aged while the call waited for
 * something else would fall into a window with later ones. So it is taken last, after the place and after the breaker was asked,
 * whose answer goes with the entry. Where the breaker refuses, nothing is spent.
 */
export function rateLimitGate(room: GatesRoom, call: GatedCall, tools: GateTools): RateLimitGate {
  const { connector, policy } = call
  return {
    async enter() {
      const rate = policy.rateLimit && {
        connector,
        key: await limitKey(room, 'rate', policy.rateLimit.key, call, tools),
        policy: policy.rateLimit,
      }
      if (rate) noteCall(leaseOf(room.state, rate.key), room.world.now())
      const known = knownEntry(room, call, tools)
      if (known && !known.allowed) return handOn(known)
      if (rate && isUsedUp(room, rate.key)) return toEntry(await takePermit(room, rate, tools), nowhere)
      const place = await placeFor(room, call, tools)
      if (!place.entered) return { allowed: false, by: 'concurrency', retryAfterMs: place.retryAfterMs }
      return rate ? takeLast(room, call, rate, place, tools) : { allowed: true, release: () => place.leave() }
    },
  }
}

async function placeFor(room: GatesRoom, call: GatedCall, tools: GateTools): Promise<Place> {
  const { connector, policy } = call
  if (!policy.concurrency) return nowhere
  const key = await limitKey(room, 'in-flight', policy.concurrency.key, call, tools)
  return takePlace(room, { connector, key, policy: policy.concurrency, attemptMs: policy.timeout.perAttemptMs }, tools)
}

/** Asks the breaker, then takes the permit; again, where the breaker's answer grew old while the permit was asked for. */
async function takeLast(room: GatesRoom, call: GatedCall, rate: RateLimit, place: Taken, tools: GateTools): Promise<Entry> {
  for (let tries = 0; tries < LATE_TRIES; tries++) {
    const entry = await enterBreaker(room, call, tools)
    if (!entry.allowed) {
      place.leave()
      return handOn(entry)
    }
    const permit = await takePermit(room, rate, tools)
    if (!permit.allowed) entry.settle('unused')
    if (!permit.allowed || entry.holds()) return toEntry(permit, place, entry)
    if (permit.lot) putBack(leaseOf(room.state, rate.key), permit.lot)
  }
  place.leave()
  return { allowed: false, by: 'rate_limit', retryAfterMs: UNAVAILABLE_RETRY_MS }
}

type Taken = Extract<Place, { entered: true }>
const nowhere: Taken = { entered: true, leave: () => undefined }

function toEntry(permit: Permit, place: Taken, breaker?: BreakerEntry): Entry {
  const limit = permit.limit ? { limit: permit.limit } : {}
  if (permit.allowed)
    return { allowed: true, ...limit, release: () => place.leave(), ...(breaker ? { breaker: gateOf(breaker) } : {}) }
  place.leave()
  return { allowed: false, by: 'rate_limit', retryAfterMs: permit.retryAfterMs, ...limit }
}

/** Lets the call on to the breaker, which refuses it. */
function handOn(entry: BreakerEntry): Entry {
  return { allowed: true, release: () => undefined, breaker: gateOf(entry) }
}

function gateOf(entry: BreakerEntry): BreakerGate {
  return { enter: async () => entry }
}
