import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { RateLimitGate } from '@orchestrator/shared/policy/types'
import { DURABLE_OBJECT_DEADLINE_MS, UNAVAILABLE_RETRY_MS } from './constants.ts'
import type { GatedCall, GateTools } from './gates.ts'
import type { GatesWorld } from './world.ts'

/** The rate limit of one call. A limiter that cannot be asked refuses or lets pass, as the policy says. */
export function rateLimitGate(world: GatesWorld, call: GatedCall, tools: GateTools): RateLimitGate {
  const policy = call.policy.rateLimit
  return {
    async enter() {
      if (!policy) return { allowed: true, release: () => undefined }
      const key = call.limitScope
      try {
        const asking = world.rateLimiter(key).acquire(policy, 1)
        const answer = await withDeadline(asking, DURABLE_OBJECT_DEADLINE_MS, 'the rate limiter')
        const limit = {
          limit: policy.limit,
          perMs: policy.perMs,
          remaining: answer.remaining,
          resetMs: Math.max(answer.retryAfterMs, Math.ceil(policy.perMs / policy.limit)),
        }
        if (answer.permits > 0) return { allowed: true, limit, release: () => undefined }
        return { allowed: false, by: 'rate_limit', retryAfterMs: answer.retryAfterMs, limit }
      } catch (error) {
        const { onUnavailable } = policy
        const data = { connector: call.connector, decision: onUnavailable, error: errorMessage(error) }
        tools.emit({ type: 'rate_limit.unavailable', data })
        if (onUnavailable === 'failOpen') return { allowed: true, release: () => undefined }
        return { allowed: false, by: 'rate_limit', retryAfterMs: UNAVAILABLE_RETRY_MS }
      }
    },
  }
}
