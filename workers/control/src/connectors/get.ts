import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ConnectorView } from '@orchestrator/shared/contracts/connector-api'
import { findOrThrow } from '../config/edit.ts'
import { toConnectorView } from './to-api.ts'

/** One connector as it is now. */
export async function getConnector(deps: { configInForce(): Promise<ConfigSnapshot> }, id: string): Promise<ConnectorView> {
  const config = await deps.configInForce()
  return toConnectorView(findOrThrow(config.connectors, id, 'connector'), config)
}
