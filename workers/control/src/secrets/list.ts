import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { SecretView } from '@orchestrator/shared/contracts/config-api'
import type { LastUseRow } from '@orchestrator/shared/db/control-schema'
import * as z from 'zod'
import { type ConfigPage, pageOf } from '../config/page.ts'
import { pageQuery } from '@orchestrator/shared/lists/query'
import { toSecretView } from './to-api.ts'

export const secretsQuery = z.strictObject(pageQuery)

/** The secrets by name: where each one's value is, until when which version is valid, who uses it, and when last. */
export async function listSecrets(
  deps: { configInForce(): Promise<ConfigSnapshot>; lastUses(): Promise<readonly LastUseRow[]> },
  query: z.output<typeof secretsQuery>,
): Promise<ConfigPage<SecretView>> {
  const [config, lastUses] = await Promise.all([deps.configInForce(), deps.lastUses()])
  return pageOf(
    config.secrets,
    config.revision,
    query,
    ({ name }) => name,
    (secret) => toSecretView(secret, config, lastUses),
  )
}
