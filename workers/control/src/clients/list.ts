import type { ClientView } from '@orchestrator/shared/contracts/client-api'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { pageQuery } from '@orchestrator/shared/lists/query'
import * as z from 'zod'
import { type ConfigPage, pageOf } from '../config/page.ts'
import { toClientView } from './to-api.ts'

export const clientsQuery = z.strictObject(pageQuery)

export async function listClients(
  deps: { now(): number; configInForce(): Promise<ConfigSnapshot> },
  query: z.output<typeof clientsQuery>,
): Promise<ConfigPage<ClientView>> {
  const { clients, revision } = await deps.configInForce()
  const now = deps.now()
  return pageOf(
    clients,
    revision,
    query,
    ({ id }) => id,
    (client) => toClientView(client, now),
  )
}
