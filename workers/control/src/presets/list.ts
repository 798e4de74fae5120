import type { PresetSummary } from '@orchestrator/shared/contracts/sender-api'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import { toPresetSummary } from './to-api.ts'

/** Every sender we ship a preset for, by title. They are part of this version, so they are one page. */
export function listPresets(): { items: PresetSummary[]; nextCursor: null } {
  const byTitle = PRESETS.toSorted((a, b) => a.title.localeCompare(b.title, 'en'))
  return { items: byTitle.map(toPresetSummary), nextCursor: null }
}
