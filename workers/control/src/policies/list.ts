import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { PolicyView } from '@orchestrator/shared/contracts/policy-api'
import { pageQuery } from '@orchestrator/shared/lists/query'
import * as z from 'zod'
import { type ConfigPage, pageOf } from '../config/page.ts'
import { toPolicyView } from './to-api.ts'

export const policiesQuery = z.strictObject(pageQuery)

export async function listPolicies(
  deps: { configInForce(): Promise<ConfigSnapshot> },
  query: z.output<typeof policiesQuery>,
): Promise<ConfigPage<PolicyView>> {
  const config = await deps.configInForce()
  return pageOf(
    config.policies,
    config.revision,
    query,
    ({ id }) => id,
    (policy) => toPolicyView(policy, config),
  )
}
