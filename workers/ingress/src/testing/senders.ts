import type { Provider } from '@orchestrator/shared/contracts/config'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { type PresetSecret, secretFor } from '@orchestrator/shared/testing/preset-secrets'
import { findPreset } from '@orchestrator/shared/verification/presets/index'
import { sign } from '@orchestrator/shared/verification/sign'
import type { Preset } from '@orchestrator/shared/verification/types'
import type { MoreConfig } from './stack.ts'

const ORIGIN = 'https://ingress.example.com'

/** A sender of the tests: how it signs, the provider it posts to, and fresh keys on both sides. */
export interface Sender {
  provider: string
  preset: Preset
  keys: PresetSecret
  changes: Partial<Provider>
}

/** A preset that we ship. */
export function shipped(id: string): Preset {
  const preset = findPreset(id)
  if (!preset) throw new Error(`there is no preset ${id}`)
  return preset
}

/** A sender of one of our presets, by its id, or of a custom one. */
export async function newSender(provider: string, preset: string | Preset, changes: Partial<Provider> = {}): Promise<Sender> {
  const data = typeof preset === 'string' ? shipped(preset) : preset
  return { provider, preset: data, keys: await secretFor(data), changes }
}

/** The configuration of these senders: a provider each, and a route that takes whatever it sends. */
export function configOf(...senders: readonly Sender[]): Required<MoreConfig> {
  const secrets: Record<string, string> = {}
  for (const { provider, keys } of senders) if (keys.configure !== null) secrets[provider] = keys.configure
  const providers = senders.map(({ provider, preset, keys, changes }) => ({
    id: provider,
    ...(findPreset(preset.id) === preset ? { preset: preset.id } : { preset: 'custom', custom: preset }),
    secret: keys.configure === null ? null : provider,
    settings: keys.settings as Provider['settings'],
    toleranceSeconds: undefined,
    ...changes,
  }))
  const routes = senders.map(({ provider }) => ({ id: provider, provider, eventTypes: ['*'], input: '$' }))
  return { providers, routes, secrets }
}

export interface Sending {
  body?: string | Uint8Array<ArrayBuffer>
  contentType?: string
  /** Of the event itself; some are signed. Lower case. */
  headers?: Record<string, string>
  /** Added after signing, as proxies do; `content-length` is there already. */
  unsigned?: Record<string, string>
  query?: string
  /** Instead of the sender's own. */
  signWith?: readonly string[]
  /** Seconds ago. */
  age?: number
}

/** A request as this sender would make it now. */
export async function requestFrom({ provider, preset, keys }: Sender, sending: Sending = {}): Promise<Request> {
  const { body = '{}', contentType = 'application/json', headers = {}, unsigned = {}, query = '', age = 0 } = sending
  const signed = await sign({
    preset,
    method: 'POST',
    url: `${ORIGIN}/webhooks/${provider}${query}`,
    rawBody: typeof body === 'string' ? utf8(body) : body,
    contentType,
    headers,
    secrets: sending.signWith ?? keys.signWith,
    settings: keys.settings,
    timestamp: Math.floor(Date.now() / 1_000) - age,
  })
  const length = { 'content-length': String(signed.rawBody.length) }
  return new Request(signed.url, {
    method: 'POST',
    headers: { 'content-type': contentType, ...length, ...signed.headers, ...unsigned },
    body: signed.rawBody,
  })
}

/** A request that nobody signed. A stream arrives as from the network. */
export function bare(provider: string, { query = '', body, ...init }: RequestInit & { query?: string } = {}): Request {
  const sent = body instanceof ReadableStream ? body.pipeThrough(new IdentityTransformStream()) : body
  const request = new Request(`${ORIGIN}/webhooks/${provider}${query}`, { method: 'POST', ...init, ...(sent && { body: sent }) })
  if (typeof body === 'string') request.headers.set('content-length', String(utf8(body).length))
  return request
}
