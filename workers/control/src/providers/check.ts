import type { ConfigSnapshot, Provider } from '@orchestrator/shared/contracts/config'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import type { SenderGuide } from '@orchestrator/shared/contracts/sender-guide'
import type { Issue } from '@orchestrator/shared/core/errors'
import { presetOf } from '@orchestrator/shared/verification/preset-of'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { valuelessWarnings } from '../secrets/has-no-value.ts'
import { checkCustom, customNeedsSecret, customSettings, customSignsUrl, isProven } from './custom.ts'

type References = Pick<ConfigSnapshot, 'secrets' | 'routes'>

/** What a sender asks of a provider, whether we ship its preset or the operator described it. */
interface Needs {
  secret: boolean
  publicUrl: boolean
  settings: SenderGuide['settings']
}

export function needsOf(preset: Preset, custom: boolean): Needs {
  const guide = custom ? undefined : findSenderNotes(preset.id)?.guide
  if (guide) return { secret: guide.secret !== null, publicUrl: guide.signsUrl, settings: guide.settings }
  const settings = customSettings(preset).map(({ name, required }) => ({ name, title: name, required, list: true }))
  return { secret: customNeedsSecret(preset), publicUrl: customSignsUrl(preset), settings }
}

/** Why a provider cannot be saved, by field. */
export function checkProvider(provider: Provider, config: References): Issue[] {
  const preset = presetOf(provider)
  const issues: Issue[] = []
  const refuse = (path: string, message: string) => issues.push({ path, message })
  if (provider.preset === 'custom' && !provider.custom) refuse('custom', 'describe the custom sender here')
  if (provider.preset !== 'custom' && provider.custom) refuse('custom', 'only where preset is "custom"')
  if (provider.secret !== null && !config.secrets.some(({ name }) => name === provider.secret)) {
    refuse('secret', `there is no secret ${provider.secret}; create it first by PUT /v1/secrets/${provider.secret}`)
  }
  checkPublicUrl(provider, refuse)
  if (!preset) {
    if (provider.preset !== 'custom') refuse('preset', `there is no preset ${provider.preset}; GET /v1/presets lists them`)
    return issues
  }
  if (provider.custom) issues.push(...checkCustom(provider.custom))
  const needs = needsOf(preset, provider.custom !== undefined)
  if (needs.publicUrl && provider.publicUrl === undefined) {
    refuse('publicUrl', 'this sender signs the address: give it exactly as it is registered there')
  }
  checkSettings(provider, needs.settings, refuse)
  if (preset.verification.scheme === 'none') checkNetworks(provider.allowedIps, refuse)
  return issues
}

function checkPublicUrl({ publicUrl }: Provider, refuse: (path: string, message: string) => void): void {
  const url = publicUrl === undefined ? null : URL.parse(publicUrl)
  if (url && (url.username !== '' || url.password !== ''))
    refuse('publicUrl', 'credentials belong in the secret, not in the address')
  if (url && url.hash !== '') refuse('publicUrl', 'the part after # never reaches us')
}

function checkSettings({ settings }: Provider, wanted: Needs['settings'], refuse: (path: string, message: string) => void): void {
  for (const { name, title, required, list } of wanted) {
    const value = Object.hasOwn(settings, name) ? settings[name] : undefined
    if (required && (value === undefined || value.length === 0)) refuse(`settings.${name}`, `is needed: ${title}`)
    if (Array.isArray(value) && !list) refuse(`settings.${name}`, 'is one text, not a list')
  }
}

/** Where only the network counts, an open list is no list. */
function checkNetworks(allowedIps: readonly string[], refuse: (path: string, message: string) => void): void {
  if (allowedIps.length === 0) refuse('allowedIps', 'nothing else proves who sends: name the networks it sends from')
  const wide = allowedIps.find((network) => Number(network.split('/')[1] ?? 128) < (network.includes(':') ? 16 : 8))
  if (wide !== undefined)
    refuse('allowedIps', `${wide} holds too much of the world to prove anything: at most /8, or /16 of IPv6`)
}

/** What works, but not as one might think. */
export function warningsOf(provider: Provider, config: References): string[] {
  const preset = presetOf(provider)
  if (!preset) return [`There is no preset ${provider.preset} any more: every request is answered 503.`]
  const warnings: string[] = []
  const needs = needsOf(preset, provider.custom !== undefined)
  if (needs.secret && provider.secret === null) {
    warnings.push('There is no secret yet: nothing can be verified until there is one, or a handshake of the sender brings it.')
  }
  warnings.push(...valuelessWarnings([provider.secret], config.secrets))
  if (!preset.bodyAuthenticated) {
    warnings.push('What is verified does not cover the body: whoever learns a proof can send another body with it.')
  }
  const { verification } = preset
  if (provider.custom && verification.scheme === 'signature' && verification.timestamp === null) {
    warnings.push('No time is signed: a request that somebody caught can be sent again once the window for duplicates is over.')
  }
  const rule = provider.dedupe ?? preset.dedupe
  if (provider.custom && rule.by === 'id' && preset.eventId !== null && !isProven(preset.eventId, verification)) {
    warnings.push('Duplicates are told by an id that is not signed: a caught request with another id counts as new.')
  }
  const known = new Set(needs.settings.map(({ name }) => name))
  // Which settings a custom sender's handshakes use stands in their code.
  const mayBeUsed = provider.custom !== undefined && preset.handshakes.length > 0
  const unknown = mayBeUsed ? [] : Object.keys(provider.settings).filter((name) => !known.has(name))
  if (unknown.length > 0) warnings.push(`Settings that this sender does not use: ${unknown.join(', ')}.`)
  if (!config.routes.some((route) => route.provider === provider.id && route.enabled)) {
    warnings.push('No enabled route takes its events: they are stored as ignored, and can be replayed later.')
  }
  return warnings
}
