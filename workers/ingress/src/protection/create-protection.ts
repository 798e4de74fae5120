import type { Provider } from '@orchestrator/shared/contracts/config'
import type { BucketSize } from '@orchestrator/shared/policy/token-bucket'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { shardDb } from '@orchestrator/shared/db/data-db'
import type { Isolate, RequestTools } from '../deps.ts'
import type { Env } from '../env.ts'
import type { AcceptDeps } from '../inbox/deps.ts'
import { isLoopback, whoeverHas } from './client-network.ts'
import { storeRejection } from './store-rejection.ts'

/** A limiter that is slower than this is treated as down, ms. */
export const LIMITER_DEADLINE_MS = 300
/** The row of a refused request is worth no more waiting than this, ms. */
export const REJECTION_DEADLINE_MS = 1_500

/** The limits and the log of what was refused, on real bindings. Every one of them fails open: none may cost a webhook. */
export function createProtection(
  env: Env,
  isolate: Isolate,
  { logger, waitUntil }: RequestTools,
): Pick<AcceptDeps, 'failures' | 'limitProvider' | 'recordRejection'> {
  const log = (what: string) => (error: unknown) => logger.log('warn', what, { cause: errorMessage(error) })
  // Developers fail often, and always from one address.
  const exempt = (ip: string | null) => env.ENVIRONMENT === 'development' && isLoopback(ip)

  const countFailure = async (key: string) => {
    const counted = await env.FAILURE_LIMIT?.limit({ key })
    if (counted && !counted.success) isolate.blocks.block(key, Date.now())
  }

  return {
    failures: {
      blockedMs: (provider, ip) => isolate.blocks.remainingMs(blockKey(provider, ip), Date.now()),
      believe: (provider, ip) => isolate.blocks.believe(blockKey(provider, ip), Date.now()),
      count(provider, ip) {
        if (!exempt(ip)) waitUntil(countFailure(blockKey(provider, ip)).catch(log('failures could not be counted')))
      },
    },
    async limitProvider(provider) {
      const policy = bucketOf(provider)
      if (policy === undefined) return { allowed: true }
      try {
        const stub = env.PROVIDER_LIMITER.get(env.PROVIDER_LIMITER.idFromName(provider.id))
        const { permits, retryAfterMs } = await withDeadline(stub.acquire(policy, 1), LIMITER_DEADLINE_MS, 'the limiter')
        return permits > 0 ? { allowed: true } : { allowed: false, retryAfterMs }
      } catch (error) {
        log('the rate limit of a provider could not be asked')(error)
        return { allowed: true }
      }
    },
    recordRejection(rejection) {
      const sample = isolate.rejections.sample(rejection.provider, rejection.at, Math.random())
      const db = sample && shardDb(env, rejection.shard)
      if (!db) return
      const storing = withDeadline(storeRejection(db, rejection, sample), REJECTION_DEADLINE_MS, 'DATA')
      waitUntil(storing.catch(log('a refused request could not be kept')))
    },
  }
}

function blockKey(provider: string, ip: string | null): string {
  return `${provider} ${whoeverHas(ip)}`
}

/** A bucket as large as the limit: a burst may use a whole period at once. */
function bucketOf({ rateLimit }: Provider): BucketSize | undefined {
  if (rateLimit === null) return undefined
  const { limit, perSeconds } = rateLimit
  return { limit, perMs: perSeconds * 1_000, burst: limit }
}
