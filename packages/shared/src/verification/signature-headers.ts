import type { Preset } from './preset.ts'

/** The headers that carry a signature, which are redacted before anything is stored. Lower case. */
export function signatureHeaders(preset: Preset): readonly string[] {
  return [preset.verification.header]
}
