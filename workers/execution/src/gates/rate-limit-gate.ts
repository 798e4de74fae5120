import type { RateLimitGate } from '@orchestrator/shared/policy/types'
import { takePlace } from './concurrency.ts'
import type { GatedCall, GateTools } from './gates.ts'
import { putBack } from './lease.ts'
import { limitKey } from './limit-key.ts'
import { type Permit, takePermit } from './permits.ts'
import { leaseOf } from './state.ts'
import type { GatesRoom } from './world.ts'

/**
 * Rate limit and concurrency of one call. The rate comes first: its permits are mostly at hand, and one that was not used because
 * no place was free goes back to the isolate's own.
 */
export function rateLimitGate(room: GatesRoom, call: GatedCall, tools: GateTools): RateLimitGate {
  const { connector, policy } = call
  return {
    async enter() {
      let permit: Permit = { allowed: true, lot: null }
      let rateKey = ''
      if (policy.rateLimit) {
        rateKey = await limitKey(room, 'rate', policy.rateLimit.key, call, tools)
        permit = await takePermit(room, { connector, key: rateKey, policy: policy.rateLimit }, tools)
      }
      const limit = permit.limit ? { limit: permit.limit } : {}
      if (!permit.allowed) return { allowed: false, by: 'rate_limit', retryAfterMs: permit.retryAfterMs, ...limit }
      if (!policy.concurrency) return { allowed: true, ...limit, release: () => undefined }
      const key = await limitKey(room, 'in-flight', policy.concurrency.key, call, tools)
      const attemptMs = policy.timeout.perAttemptMs
      const place = await takePlace(room, { connector, key, policy: policy.concurrency, attemptMs }, tools)
      if (place.entered) return { allowed: true, ...limit, release: () => place.leave() }
      if (permit.lot) putBack(leaseOf(room.state, rateKey), permit.lot)
      return { allowed: false, by: 'concurrency', retryAfterMs: place.retryAfterMs, ...limit }
    },
  }
}
