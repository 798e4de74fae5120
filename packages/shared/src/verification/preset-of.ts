import type { Provider } from '../contracts/config.ts'
import type { Preset } from '../contracts/preset.ts'
import { findPreset } from './presets/index.ts'

/** How a provider's sender signs: its preset, or its own data where it is a custom one. `undefined` where we ship no such preset. */
export function presetOf(provider: Pick<Provider, 'preset' | 'custom'>): Preset | undefined {
  return provider.preset === 'custom' ? provider.custom : findPreset(provider.preset)
}
