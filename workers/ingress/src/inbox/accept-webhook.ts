import type { Clock } from '@orchestrator/shared/core/clock'
import { decodeUtf8, sha256Hex } from '@orchestrator/shared/core/bytes'
import type { ConfigSnapshot, Provider, SecretRef } from '@orchestrator/shared/contracts/config'
import { matchRoutes } from '@orchestrator/shared/inbox/match-routes'
import { redactHeaders } from '@orchestrator/shared/inbox/redact-headers'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import { readEventFacts } from '@orchestrator/shared/verification/event-facts'
import type { Preset } from '@orchestrator/shared/verification/preset'
import { findPreset } from '@orchestrator/shared/verification/presets/index'
import { signatureHeaders } from '@orchestrator/shared/verification/signature-headers'
import type { ResolvedSecret } from '@orchestrator/shared/secrets/resolve'
import type { VerificationFacts } from '@orchestrator/shared/verification/types'
import { verify } from '@orchestrator/shared/verification/verify'
import type { Kept, WebhookDraft } from '../fallback/store-durably.ts'
import type { AcceptOutcome } from './outcome.ts'

/** Larger bodies are kept but not looked into: no type, so no route, and the body's hash as the key. */
export const MAX_PARSED_BYTES = 1_048_576

export interface AcceptDeps {
  now: Clock
  newId(prefix: 'whk' | 'job', shard: number, now: number): string
  /** Throws `unavailable` when no snapshot can be read. */
  config(): Promise<ConfigSnapshot>
  readBody(limitBytes: number): Promise<Uint8Array<ArrayBuffer> | 'too_large' | 'unreadable'>
  /** Empty when the secret does not resolve. */
  secrets(ref: SecretRef): Promise<readonly ResolvedSecret[]>
  store(draft: WebhookDraft, rawBody: Uint8Array): Promise<Kept>
}

export interface Delivery {
  provider: string
  headers: Headers
  /** W3C traceparent of this request. */
  trace: string
}

/** Proves who sent it, works out what it means, and stores it: in this order, each step ending in an outcome. */
export async function acceptWebhook(delivery: Delivery, deps: AcceptDeps): Promise<AcceptOutcome> {
  const snapshot = await deps.config()
  const provider = snapshot.providers.find(({ id }) => id === delivery.provider)
  if (!provider) return { outcome: 'unknown_provider' }
  if (!provider.enabled) return { outcome: 'provider_disabled' }
  const preset = findPreset(provider.preset)
  if (!preset) return { outcome: 'misconfigured', problem: `there is no preset ${provider.preset}` }

  const rawBody = await deps.readBody(provider.bodyLimitBytes)
  if (rawBody === 'too_large') return { outcome: 'body_too_large', limitBytes: provider.bodyLimitBytes }
  if (rawBody === 'unreadable') return { outcome: 'body_unreadable' }

  const ref = snapshot.secrets.find(({ name }) => name === provider.secret)
  const secrets = ref ? await deps.secrets(ref) : []
  if (secrets.length === 0) return { outcome: 'misconfigured', problem: `the secret ${provider.secret} does not resolve` }
  const receivedAt = deps.now()
  const verdict = await verify({
    preset,
    rawBody,
    headers: delivery.headers,
    secrets: secrets.map(({ label, secret }) => ({ label, secret: secret.reveal() })),
    now: receivedAt,
    toleranceSeconds: provider.toleranceSeconds,
  })
  if (!verdict.ok) {
    if (verdict.error !== 'unusable_secret') return { outcome: 'unverified', reason: verdict.error }
    return { outcome: 'misconfigured', problem: `the secret ${provider.secret} cannot be a key of ${preset.id}` }
  }

  const draft = await draftWebhook({ delivery, snapshot, provider, preset, rawBody, facts: verdict.value, receivedAt }, deps)
  const kept = await deps.store(draft, rawBody)
  if (kept.place === 'nowhere') return { outcome: 'not_durable' }
  const jobs = kept.result.outcome === 'duplicate' ? 0 : draft.jobs.length
  return { ...kept.result, place: kept.place, eventType: draft.type, jobs, reply: preset.reply }
}

interface Verified {
  delivery: Delivery
  snapshot: ConfigSnapshot
  provider: Provider
  preset: Preset
  rawBody: Uint8Array<ArrayBuffer>
  facts: VerificationFacts
  receivedAt: number
}

/** Everything that will be written, decided once and with all ids minted. */
async function draftWebhook(verified: Verified, deps: Pick<AcceptDeps, 'newId'>): Promise<WebhookDraft> {
  const { delivery, snapshot, provider, preset, rawBody, facts, receivedAt } = verified
  const { writeShard, resendGraceMs } = snapshot.settings
  const { json, note } = parseBody(rawBody)
  const { eventId, type } = readEventFacts(preset, json, delivery.headers)
  const routes = note === null ? matchRoutes(snapshot.routes, provider.id, type) : []
  const paused = effectivePauses(snapshot).some(({ kind, id }) => kind === 'provider' && id === provider.id)
  return {
    v: 1,
    id: deps.newId('whk', writeShard, receivedAt),
    provider: provider.id,
    dedupeKey: eventId === null ? `sha256:${await sha256Hex(rawBody)}` : `id:${eventId}`,
    dedupeWindowMs: provider.dedupeWindowMs,
    eventId,
    type,
    status: routes.length > 0 ? 'accepted' : 'ignored',
    note,
    receivedAt,
    headers: await redactHeaders(delivery.headers, signatureHeaders(preset)),
    contentType: delivery.headers.get('content-type'),
    bodySize: rawBody.length,
    verification: { preset: preset.id, bodyAuthenticated: preset.bodyAuthenticated, ...facts },
    trace: delivery.trace,
    configRevision: snapshot.revision,
    resendGraceMs,
    jobs: routes.map(({ id, queue, connector, operation }) => ({
      id: deps.newId('job', writeShard, receivedAt),
      state: paused ? ('held' as const) : ('queued' as const),
      queue,
      route: id,
      connector,
      operation,
    })),
  }
}

function parseBody(rawBody: Uint8Array): { json: unknown; note: WebhookDraft['note'] } {
  if (rawBody.length > MAX_PARSED_BYTES) return { json: undefined, note: 'too_large_to_parse' }
  const text = decodeUtf8(rawBody)
  try {
    if (text !== undefined) return { json: JSON.parse(text), note: null }
  } catch {
    // Signed, so it is kept; nothing can be made of it.
  }
  return { json: undefined, note: 'not_json' }
}
