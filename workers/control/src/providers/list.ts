import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ProviderView } from '@orchestrator/shared/contracts/config-api'
import * as z from 'zod'
import { type ConfigPage, pageOf } from '../config/page.ts'
import { pageQuery } from '@orchestrator/shared/lists/query'
import { toProviderView } from './to-api.ts'

export const providersQuery = z.strictObject(pageQuery)

export async function listProviders(
  deps: { configInForce(): Promise<ConfigSnapshot> },
  query: z.output<typeof providersQuery>,
): Promise<ConfigPage<ProviderView>> {
  const config = await deps.configInForce()
  return pageOf(
    config.providers,
    config.revision,
    query,
    ({ id }) => id,
    (provider) => toProviderView(provider, config),
  )
}
