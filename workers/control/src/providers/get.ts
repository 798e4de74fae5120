import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ProviderView } from '@orchestrator/shared/contracts/config-api'
import { findOrThrow } from '../config/edit.ts'
import { toProviderView } from './to-api.ts'

/** One provider as it is now. */
export async function getProvider(deps: { configInForce(): Promise<ConfigSnapshot> }, id: string): Promise<ProviderView> {
  const config = await deps.configInForce()
  return toProviderView(findOrThrow(config.providers, id, 'provider'), config)
}
