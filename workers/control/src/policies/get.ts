import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { PolicyView } from '@orchestrator/shared/contracts/policy-api'
import { findOrThrow } from '../config/edit.ts'
import { toPolicyView } from './to-api.ts'

/** One policy as it is now. */
export async function getPolicy(deps: { configInForce(): Promise<ConfigSnapshot> }, id: string): Promise<PolicyView> {
  const config = await deps.configInForce()
  return toPolicyView(findOrThrow(config.policies, id, 'policy'), config)
}
