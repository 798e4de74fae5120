import type { RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { RateLimitPolicy } from '@orchestrator/shared/contracts/policy'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { RateLimitGate } from '@orchestrator/shared/policy/types'
import { DURABLE_OBJECT_DEADLINE_MS, UNAVAILABLE_RETRY_MS } from './constants.ts'

export interface BatchRateLimit {
  gate(policy: RateLimitPolicy | null, emit: (event: Omit<LogEvent, 'jobId'>) => void): RateLimitGate
}

/**
 * The rate limit of one connector for one batch: asked once, by the first job that needs it, for `count` jobs: all that no
 * pause holds. What is granted to a job that then ends before its call (its time is up, its configuration is broken) is spent.
 * A limiter that cannot be asked refuses or lets pass, as the policy says.
 */
export function createBatchRateLimit(connector: string, count: number, stub: () => RateLimiterRpc): BatchRateLimit {
  let asking: Promise<{ permits: number; retryAfterMs: number }> | undefined
  let taken = 0

  const ask = async (policy: RateLimitPolicy, emit: (event: Omit<LogEvent, 'jobId'>) => void) => {
    try {
      return await withDeadline(stub().acquire(policy, count), DURABLE_OBJECT_DEADLINE_MS, 'the rate limiter')
    } catch (error) {
      const { onUnavailable } = policy
      emit({ type: 'rate_limit.unavailable', data: { connector, decision: onUnavailable, error: errorMessage(error) } })
      return { permits: onUnavailable === 'failOpen' ? count : 0, retryAfterMs: UNAVAILABLE_RETRY_MS }
    }
  }

  return {
    gate: (policy, emit) => ({
      async enter() {
        if (!policy) return { allowed: true, release: () => undefined }
        asking ??= ask(policy, emit)
        const { permits, retryAfterMs } = await asking
        if (taken >= permits) return { allowed: false, by: 'rate_limit', retryAfterMs }
        taken++
        return { allowed: true, release: () => undefined }
      },
    }),
  }
}
