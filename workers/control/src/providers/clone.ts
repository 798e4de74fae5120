import type { Provider } from '@orchestrator/shared/contracts/config'
import type { ProviderView } from '@orchestrator/shared/contracts/config-api'
import type { Cloning } from '../config/clone-item.ts'
import { readProvider, refuseUnsound } from './read-provider.ts'
import { toAuditView, toProviderView } from './to-api.ts'

/** A clone has the same sender and secret at an address of its own. It begins without a pause, and no route takes its events yet. */
export const PROVIDER_CLONING: Cloning<Provider, ProviderView> = {
  kind: 'provider',
  items: ({ providers }) => providers,
  read: (source, fields) => readProvider({ ...source, paused: false }, fields),
  add(clone, current) {
    refuseUnsound(clone, current)
    return { providers: [...current.providers, clone] }
  },
  toAudit: toAuditView,
  toView(clone, config) {
    const view = toProviderView(clone, config)
    const twin = config.providers.find(
      ({ id, publicUrl }) => id !== clone.id && publicUrl !== undefined && publicUrl === clone.publicUrl,
    )
    const warning = `Its publicUrl is that of ${twin?.id}, too: what is sent to its own address will not be verified.`
    return twin ? { ...view, warnings: [...view.warnings, warning] } : view
  },
}
