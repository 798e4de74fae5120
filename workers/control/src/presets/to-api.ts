import type { Preset } from '@orchestrator/shared/contracts/preset'
import type { PresetDetail, PresetSummary } from '@orchestrator/shared/contracts/sender-api'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { needsOf } from '../providers/check.ts'

export function toPresetSummary(preset: Preset): PresetSummary {
  const { id, title, bodyAuthenticated, handshakes, methods, dedupe, verification } = preset
  const needs = needsOf(preset, false)
  return {
    id,
    title,
    bodyAuthenticated,
    handshakes,
    methods,
    scheme: verification.scheme,
    dedupe,
    needsSecret: needs.secret,
    settings: needs.settings,
    needsPublicUrl: needs.publicUrl,
    docsUrl: findSenderNotes(id)?.guide.docsUrl ?? null,
  }
}

export function toPresetDetail(preset: Preset): PresetDetail {
  const notes = findSenderNotes(preset.id)
  return { ...toPresetSummary(preset), preset, guide: notes?.guide ?? null, sample: notes?.sample ?? null }
}
