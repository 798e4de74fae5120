import type { Preset } from '../../contracts/preset.ts'
import { preset as stripe } from './stripe.ts'

/** Every preset we ship. A new sender is one more file here. Guides and samples are in `guides.ts`, which ingress does without. */
export const PRESETS: readonly Preset[] = [stripe]

const byId = new Map(PRESETS.map((preset) => [preset.id, preset]))

/** The preset with this id, or `undefined`. */
export function findPreset(id: string): Preset | undefined {
  return byId.get(id)
}
