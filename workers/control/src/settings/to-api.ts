import { etagOf } from '@orchestrator/shared/config/etag'
import type { Settings } from '@orchestrator/shared/contracts/config'
import type { SettingsView } from '@orchestrator/shared/contracts/config-document'

export function toSettingsView(settings: Settings): SettingsView {
  return { ...settings, etag: etagOf(settings) }
}
