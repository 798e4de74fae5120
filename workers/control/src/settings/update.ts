import type { ChangeContext } from '@orchestrator/shared/config/change'
import { contentOf } from '@orchestrator/shared/config/revision'
import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import { type ChangedSettings, settingsInput } from '@orchestrator/shared/contracts/config-document'
import type { ConfigDeps } from '../config/deps.ts'
import { changedFields } from '../config/edit.ts'
import { parseStrictly, readWrite } from '../config/read-input.ts'
import { toSettingsView } from './to-api.ts'

/** Changes the settings that are given. Which shards are live is not decided here. */
export async function updateSettings(deps: ConfigDeps, by: ChangeContext, json: unknown): Promise<ChangedSettings> {
  const { fields, reason } = readWrite(json, reasonRequest)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = current.settings
    const settings = { ...before, ...parseStrictly(settingsInput, { resendGraceMs: before.resendGraceMs, ...fields }) }
    return {
      content: { ...contentOf(current), settings },
      audit: { action: 'settings.updated', target: 'settings', reason, ...changedFields(before, settings) },
      value: toSettingsView(settings),
    }
  })
  return { ...value, ...changed }
}
