import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { OperationView } from '@orchestrator/shared/contracts/connector-api'
import { pageQuery } from '@orchestrator/shared/lists/query'
import * as z from 'zod'
import { findOrThrow } from '../config/edit.ts'
import { type ConfigPage, pageOf } from '../config/page.ts'
import { toOperationView } from './to-api.ts'

export const operationsQuery = z.strictObject(pageQuery)

/** What one connector offers. */
export async function listOperations(
  deps: { configInForce(): Promise<ConfigSnapshot> },
  connector: string,
  query: z.output<typeof operationsQuery>,
): Promise<ConfigPage<OperationView>> {
  const config = await deps.configInForce()
  findOrThrow(config.connectors, connector, 'connector')
  return pageOf(
    config.operations.filter((operation) => operation.connector === connector),
    config.revision,
    query,
    ({ name }) => name,
    (operation) => toOperationView(operation, config),
  )
}
