import type { Client } from '@orchestrator/shared/contracts/client'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { GatedCall } from '../gates/gates.ts'

/**
 * What a client's own limit is to the gates: a call that only its rate limit concerns. `/` stands in no name, so its scope is
 * no connector's. When the limiter cannot be asked the client goes on: its limit guards us, while those of connectors guard
 * others.
 */
export function clientLimit(client: Client, limit: NonNullable<Client['rateLimit']>): GatedCall {
  const scope = `client/${client.id}`
  return {
    connector: scope,
    operation: '',
    client: client.id,
    input: null,
    policy: { ...ONLY_A_LIMIT, id: scope, rateLimit: { ...limit, key: null, onUnavailable: 'failOpen' } },
    limitScope: scope,
    override: undefined,
    resetAt: 0,
  }
}

const ONLY_A_LIMIT: Policy = {
  id: '',
  timeout: { perAttemptMs: 1_000, totalMs: 1_000 },
  retry: {
    maxAttempts: 1,
    backoff: 'list',
    baseMs: 0,
    maxMs: 0,
    jitter: 'none',
    retryOn: [],
    stopOn: [],
    respectRetryAfter: false,
    retryAfterCapMs: 0,
    resetHeaders: false,
    budget: null,
  },
  circuitBreaker: null,
  rateLimit: null,
  concurrency: null,
  hedge: null,
  autoPause: null,
  idempotency: { required: false, ttlMs: 86_400_000, keyPer: 'job' },
}
