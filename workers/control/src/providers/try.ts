import type { ConfigSnapshot, Provider, SecretRef } from '@orchestrator/shared/contracts/config'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import type { TryRequest, TryResponse, TryStep } from '@orchestrator/shared/contracts/sender-api'
import { sha256Hex } from '@orchestrator/shared/core/bytes'
import { AppError } from '@orchestrator/shared/core/errors'
import { isAllowed } from '@orchestrator/shared/inbox/allowed-networks'
import { dedupeKeys } from '@orchestrator/shared/inbox/dedupe-keys'
import { eventView, MAX_PARSED_BYTES } from '@orchestrator/shared/inbox/event-view'
import { redactHeaders } from '@orchestrator/shared/inbox/redact-headers'
import { redactQuery } from '@orchestrator/shared/inbox/redact-query'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import { decompress } from '@orchestrator/shared/payloads/decompress'
import type { ResolvedSecret } from '@orchestrator/shared/secrets/resolve'
import { readEventFacts } from '@orchestrator/shared/verification/event-facts'
import { answerHandshake, type HandshakeOutcome } from '@orchestrator/shared/verification/handshakes/index'
import { NOTHING_READ, parseBody, type ParsedBody } from '@orchestrator/shared/verification/parsed-body'
import { presetOf } from '@orchestrator/shared/verification/preset-of'
import { providerInput } from '@orchestrator/shared/verification/provider-input'
import type { FetchKey, VerificationFacts } from '@orchestrator/shared/verification/types'
import { proofHeaders, proofParameters, signsContent, verify } from '@orchestrator/shared/verification/verify'
import { findOrThrow } from '../config/edit.ts'
import { explainRoutes } from './explain-routes.ts'
import { type PastedRequest, readPastedRequest } from './pasted-request.ts'
import { openSecrets } from './signing-secrets.ts'

interface Deps {
  now(): number
  configInForce(): Promise<ConfigSnapshot>
  resolveSecret(ref: SecretRef): Promise<ResolvedSecret[]>
  fetchKey: FetchKey
}

/** What was found out on the way. The first failed step ends it. */
interface Trial {
  config: ConfigSnapshot
  provider: Provider
  preset: Preset
  request: PastedRequest
  /** ms. */
  now: number
  steps: TryStep[]
}

interface Judged {
  reason: string | null
  facts: VerificationFacts | null
  handshake: HandshakeOutcome | null
}

/**
 * What ingress would make of a pasted request, check by check, by the same code. Nothing is stored and nothing is sent. Proofs and
 * answers to handshakes are made with the secret, so none is shown: they would sign whatever somebody pastes.
 */
export async function tryProvider(deps: Deps, id: string, pasted: TryRequest): Promise<TryResponse> {
  const config = await deps.configInForce()
  const provider = findOrThrow(config.providers, id, 'provider')
  const preset = presetOf(provider)
  if (!preset)
    throw new AppError('conflict', `There is no preset ${provider.preset} any more: ingress cannot serve this provider.`)
  const request = readPastedRequest(pasted, provider)
  const now = pasted.now === undefined ? deps.now() : pasted.now * 1_000
  const trial: Trial = { config, provider, preset, request, now, steps: [] }

  const content = await decompress(request.headers.get('content-encoding'), request.rawBody, MAX_PARSED_BYTES)
  const body = content && (await parseBody(request.headers.get('content-type'), content))
  const { reason, facts, handshake } = await judge(trial, content, body ?? NOTHING_READ, deps)
  const event = await describeEvent(trial, body, facts)
  return {
    verdict: reason === null ? 'accepted' : 'refused',
    reason,
    steps: trial.steps,
    secret: facts?.secret ?? null,
    ...(handshake ? { eventId: null, eventType: null, dedupeKeys: [], routes: [] } : event),
    handshake: handshake && { kind: handshake.kind, status: 'reply' in handshake ? handshake.reply.status : null },
    notes: notesOf(trial),
  }
}

const refused = (reason: string): Judged => ({ reason, facts: null, handshake: null })

/** The checks of ingress in its order. */
async function judge(trial: Trial, content: Uint8Array<ArrayBuffer> | undefined, body: ParsedBody, deps: Deps): Promise<Judged> {
  const { provider, preset, request, now, steps, config } = trial
  const step = (check: string, passed: boolean, detail?: string) => void steps.push({ check, passed, detail: detail ?? null })

  const refusal = checkOutside(trial, step)
  if (refusal !== null) return refused(refusal)
  const secrets = await openSecrets(provider, preset, config, deps, step)
  const ask = async (verified: boolean): Promise<Judged | undefined> => {
    const hasSecret = provider.secret !== null
    const { method, url, headers, rawBody } = request
    const { settings } = provider
    const outcome = await answerHandshake(preset, {
      method,
      url,
      headers,
      body,
      rawBody,
      secrets,
      settings,
      now,
      verified,
      hasSecret,
    })
    if (outcome === undefined) return undefined
    step('The question of the sender is one that is answered', outcome.kind !== 'refuse', 'it is a handshake, not an event')
    return { reason: outcome.kind === 'refuse' ? 'handshake_refused' : null, facts: null, handshake: outcome }
  }
  const before = await ask(false)
  if (before) return before
  const isEvent = (preset.methods as readonly string[]).includes(request.method)
  step('The method is one that events come by', isEvent, `${request.method}; expected ${preset.methods.join(' or ')}`)
  if (!isEvent) return refused('handshake_refused')
  const signed = signsContent(preset) ? content : request.rawBody
  if (signed === undefined) {
    step('The body can be decompressed', false)
    return refused('malformed_body')
  }
  const input = providerInput(provider, { ...request, secrets, now, fetchKey: deps.fetchKey })
  const verdict = await verify({ ...input, preset, rawBody: signed, explain: step })
  if (!verdict.ok) {
    if (steps.every(({ passed }) => passed)) step('The request is believed', false, verdict.error)
    return refused(verdict.error)
  }
  return (await ask(true)) ?? { reason: null, facts: verdict.value, handshake: null }
}

/** What can be told without looking at the body. */
function checkOutside(
  { provider, request }: Trial,
  step: (check: string, passed: boolean, detail?: string) => void,
): string | null {
  if (provider.allowedIps.length > 0) {
    const allowed = request.ip === null || isAllowed(request.ip, provider.allowedIps)
    step('It comes from an allowed network', allowed, request.ip ?? 'not checked: the pasted request has no address')
    if (!allowed) return 'network_not_allowed'
  }
  const fits = request.rawBody.length <= provider.bodyLimitBytes
  step('The body is within the limit', fits, `${request.rawBody.length} of ${provider.bodyLimitBytes} bytes`)
  return fits ? null : 'body_too_large'
}

/** The event that ingress would store, and who would take it, as if it were believed. */
async function describeEvent(trial: Trial, body: ParsedBody | undefined, facts: VerificationFacts | null) {
  const { provider, preset, request, config } = trial
  const source = { body: body ?? NOTHING_READ, headers: request.headers, url: request.url, claims: facts?.claims }
  const { eventId, type } = readEventFacts(preset, source)
  const { pathname: path, search } = new URL(request.url)
  const bodyHash = await sha256Hex(request.rawBody)
  const headers = redactHeaders(request.headers, proofHeaders(preset))
  const query = redactQuery(search, proofParameters(preset, provider.settings))
  const view = eventView({ provider: provider.id, eventId, type, body, headers, path, query })
  return {
    eventId,
    eventType: type,
    dedupeKeys: dedupeKeys(provider.dedupe ?? preset.dedupe, eventId, source, () => bodyHash),
    routes: await explainRoutes(config.routes, view),
  }
}

function notesOf({ provider, config }: Trial): string[] {
  const paused = effectivePauses(config).some(({ kind, id }) => kind === 'provider' && id === provider.id)
  return [
    ...(provider.enabled ? [] : ['The provider is disabled: ingress answers 503 to everything, until it is enabled.']),
    ...(paused ? ['The provider is paused: jobs are made, and wait until it is resumed.'] : []),
  ]
}
