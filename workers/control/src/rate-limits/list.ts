import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { RateLimitList, RateLimitView } from '@orchestrator/shared/contracts/gates-api'

interface Deps {
  configInForce(): Promise<ConfigSnapshot>
}

/** The limits of connectors and clients as they are set. */
export async function listRateLimits(deps: Deps): Promise<RateLimitList> {
  const { connectors, policies, clients, revision } = await deps.configInForce()
  const ofConnectors = connectors.flatMap(({ id, policy }): RateLimitView[] => {
    const { rateLimit = null, concurrency = null } = policies.find((one) => one.id === policy) ?? {}
    if (!rateLimit && !concurrency) return []
    const keyed = (rateLimit?.key ?? null) !== null || (concurrency?.key ?? null) !== null
    return [{ kind: 'connector', id, policy, rateLimit: sizeOf(rateLimit), concurrency: atOnce(concurrency), keyed }]
  })
  const ofClients = clients.flatMap(({ id, rateLimit }): RateLimitView[] =>
    rateLimit ? [{ kind: 'client', id, policy: null, rateLimit: sizeOf(rateLimit), concurrency: null, keyed: false }] : [],
  )
  return { items: [...ofConnectors, ...ofClients], configRevision: revision }
}

function sizeOf(one: { limit: number; perMs: number; burst: number } | null): RateLimitView['rateLimit'] {
  return one && { limit: one.limit, perMs: one.perMs, burst: one.burst }
}

function atOnce(one: { limit: number } | null): RateLimitView['concurrency'] {
  return one && { limit: one.limit }
}
