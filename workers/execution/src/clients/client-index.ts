import type { Client, ClientKey } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'

/** The clients of one snapshot, by what proves them. */
export interface ClientIndex {
  byKeyHash: ReadonlyMap<string, { client: Client; key: ClientKey }>
  byServiceToken: ReadonlyMap<string, Client>
}

/** Made once for each snapshot, and gone with it. Data only. */
const indexes = new WeakMap<ConfigSnapshot, ClientIndex>()

export function clientIndex(config: ConfigSnapshot): ClientIndex {
  const known = indexes.get(config)
  if (known) return known
  const index: ClientIndex = {
    byKeyHash: new Map(config.clients.flatMap((client) => client.keys.map((key) => [key.hash, { client, key }]))),
    byServiceToken: new Map(config.clients.flatMap((client) => client.serviceTokens.map((token) => [token, client]))),
  }
  indexes.set(config, index)
  return index
}
