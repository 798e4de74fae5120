import type { ClientView } from '@orchestrator/shared/contracts/client-api'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { findOrThrow } from '../config/edit.ts'
import { toClientView } from './to-api.ts'

/** One client as it is now. */
export async function getClient(
  deps: { now(): number; configInForce(): Promise<ConfigSnapshot> },
  id: string,
): Promise<ClientView> {
  return toClientView(findOrThrow((await deps.configInForce()).clients, id, 'client'), deps.now())
}
