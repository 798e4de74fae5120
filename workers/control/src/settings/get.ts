import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { SettingsView } from '@orchestrator/shared/contracts/config-document'
import { toSettingsView } from './to-api.ts'

/** The settings in force. */
export async function getSettings(deps: { configInForce(): Promise<ConfigSnapshot> }): Promise<SettingsView> {
  return toSettingsView((await deps.configInForce()).settings)
}
