import { documentOf } from '@orchestrator/shared/config/document'
import { configEtag } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ConfigExport } from '@orchestrator/shared/contracts/config-document'

/** The configuration in force as a document, with the tag of the whole. */
export async function getConfig(deps: {
  configInForce(): Promise<ConfigSnapshot>
}): Promise<{ exported: ConfigExport; etag: string }> {
  const config = await deps.configInForce()
  return { exported: { revision: config.revision, document: documentOf(config) }, etag: configEtag(config) }
}
