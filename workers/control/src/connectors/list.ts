import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ConnectorView } from '@orchestrator/shared/contracts/connector-api'
import { pageQuery } from '@orchestrator/shared/lists/query'
import * as z from 'zod'
import { type ConfigPage, pageOf } from '../config/page.ts'
import { toConnectorView } from './to-api.ts'

export const connectorsQuery = z.strictObject(pageQuery)

export async function listConnectors(
  deps: { configInForce(): Promise<ConfigSnapshot> },
  query: z.output<typeof connectorsQuery>,
): Promise<ConfigPage<ConnectorView>> {
  const config = await deps.configInForce()
  return pageOf(
    config.connectors,
    config.revision,
    query,
    ({ id }) => id,
    (connector) => toConnectorView(connector, config),
  )
}
