import type { PresetDetail } from '@orchestrator/shared/contracts/sender-api'
import { findPreset } from '@orchestrator/shared/verification/presets/index'
import { toPresetDetail } from './to-api.ts'

/** One preset with its guide; `undefined` when we ship none of this id. */
export function getPreset(id: string): PresetDetail | undefined {
  const preset = findPreset(id)
  return preset && toPresetDetail(preset)
}
