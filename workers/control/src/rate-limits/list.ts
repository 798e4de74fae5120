import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { RateLimitList, RateLimitView } from '@orchestrator/shared/contracts/gates-api'
import { policiesOfConnector } from '../policies/of-connector.ts'

interface Deps {
  configInForce(): Promise<ConfigSnapshot>
}

/** The limits of connectors and clients as they are set; of a connector also those of policies that replace its own somewhere. */
export async function listRateLimits(deps: Deps): Promise<RateLimitList> {
  const config = await deps.configInForce()
  const { connectors, clients, revision } = config
  const ofConnectors = connectors.flatMap((connector) =>
    policiesOfConnector(connector, config).flatMap(({ id: policy, rateLimit, concurrency }): RateLimitView[] => {
      if (!rateLimit && !concurrency) return []
      const keyed = (rateLimit?.key ?? null) !== null || (concurrency?.key ?? null) !== null
      const sizes = { rateLimit: sizeOf(rateLimit), concurrency: atOnce(concurrency) }
      return [{ kind: 'connector', id: connector.id, policy, ...sizes, keyed }]
    }),
  )
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
