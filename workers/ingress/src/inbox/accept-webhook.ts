import { createHash } from 'node:crypto'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { MAX_PARSED_BYTES } from '@orchestrator/shared/inbox/event-view'
import { decompress } from '@orchestrator/shared/payloads/decompress'
import { NOTHING_READ, type ParsedBody, parseBody } from '@orchestrator/shared/verification/parsed-body'
import { providerInput } from '@orchestrator/shared/verification/provider-input'
import type { RejectReason, SigningSecret, Verdict } from '@orchestrator/shared/verification/types'
import { beginVerify, signsContent, verify } from '@orchestrator/shared/verification/verify'
import { type LargeBody, MAX_WHOLE_BYTES } from '../body/receive-body.ts'
import { takeHandshake } from '../handshake/take-handshake.ts'
import { clientIp } from '../protection/client-network.ts'
import { type Admitted, admit } from './admit.ts'
import type { AcceptDeps, Delivery } from './deps.ts'
import { draftWebhook } from './draft-webhook.ts'
import { type AcceptOutcome, unverified } from './outcome.ts'

/** Proves who sent it, works out what it means, and stores it: in this order, each step ending in an outcome. */
export async function acceptWebhook(delivery: Delivery, deps: AcceptDeps): Promise<AcceptOutcome> {
  const snapshot = await deps.config()
  const admitted = admit(delivery, snapshot, deps)
  const outcome = 'outcome' in admitted ? admitted : await take(admitted, deps)
  noteRefusal(outcome, delivery, snapshot, deps)
  return outcome
}

async function take(admitted: Admitted, deps: AcceptDeps): Promise<AcceptOutcome> {
  const { bodyLimitBytes } = admitted.provider
  const secrets = await openSecrets(admitted, deps)
  const received = await deps.receive(bodyLimitBytes).catch(() => undefined)
  switch (received?.kind) {
    case undefined:
      return { outcome: 'body_unreadable' }
    case 'whole':
      return takeWhole(admitted, secrets, received.bytes, deps)
    case 'large':
      return takeLarge(admitted, secrets, received.body, deps)
    case 'too_large':
      return { outcome: 'body_too_large', limitBytes: bodyLimitBytes }
    case 'length_required':
      return { outcome: 'length_required', limitBytes: MAX_WHOLE_BYTES }
  }
}

/** Keeps a sample of what was refused, and counts failures against the address they came from. */
function noteRefusal(outcome: AcceptOutcome, delivery: Delivery, { settings }: ConfigSnapshot, deps: AcceptDeps): void {
  if (outcome.outcome !== 'unverified' && outcome.outcome !== 'network_not_allowed') return
  const { provider, method, headers } = delivery
  const ip = clientIp(headers)
  if (outcome.outcome === 'unverified') deps.failures.count(provider, ip)
  const reason = outcome.outcome === 'unverified' ? outcome.reason : outcome.outcome
  const { proofHeaders } = outcome
  deps.recordRejection({ provider, reason, method, ip, headers, proofHeaders, at: deps.now(), shard: settings.writeShard })
}

async function openSecrets({ snapshot, provider }: Admitted, deps: AcceptDeps): Promise<SigningSecret[]> {
  const ref = snapshot.secrets.find(({ name }) => name === provider.secret)
  const opened = ref ? await deps.secrets(ref) : []
  return opened.map(({ label, secret }) => ({ label, secret: secret.reveal() }))
}

/** A body held in memory: handshakes, verification, and everything that looks into it. */
async function takeWhole(
  admitted: Admitted,
  secrets: SigningSecret[],
  bytes: Uint8Array<ArrayBuffer>,
  deps: AcceptDeps,
): Promise<AcceptOutcome> {
  const { delivery, preset } = admitted
  let inflating: ReturnType<typeof decompress> | undefined
  const decompressed = () => (inflating ??= decompress(delivery.headers.get('content-encoding'), bytes, MAX_PARSED_BYTES))
  // Strangers' bodies are inflated and looked into only where that is needed to tell who they are.
  const early = preset.handshakes.length > 0 ? await lookInto(delivery, await decompressed()) : undefined
  const handshake = early && { ...admitted, body: early, rawBody: bytes, secrets, now: deps.now() }
  const before = handshake && (await takeHandshake({ ...handshake, verified: false }, deps.handshakes))
  if (before) return before
  // What only handshakes use carries no event.
  if (!(preset.methods as readonly string[]).includes(delivery.method)) return unverified(preset, 'handshake_refused')
  const receivedAt = deps.now()
  const signed = signsContent(preset) ? await decompressed() : bytes
  if (signed === undefined) return unverified(preset, 'malformed_body')
  const verdict = await verify({ ...schemeInput(admitted, secrets, receivedAt, deps), preset, rawBody: signed })
  if (!verdict.ok) return refusal(admitted, verdict.error, secrets)
  const after = handshake && (await takeHandshake({ ...handshake, verified: true }, deps.handshakes))
  if (after) return after
  const limited = await believed(admitted, deps)
  if (limited) return limited
  const content = await decompressed()
  const body = content && (early ?? (await lookInto(delivery, content)))
  const whole = { body, bodyHash: () => createHash('sha256').update(bytes).digest('hex'), bodySize: bytes.length }
  const draft = await draftWebhook({ ...admitted, ...whole, facts: verdict.value, receivedAt }, deps)
  return keep(draft, bytes, preset.reply, deps)
}

function lookInto({ headers }: Delivery, content: Uint8Array<ArrayBuffer> | undefined): Promise<ParsedBody> | ParsedBody {
  return content ? parseBody(headers.get('content-type'), content) : NOTHING_READ
}

/** A body that passes through into R2 while it is verified. */
async function takeLarge(
  admitted: Admitted,
  secrets: SigningSecret[],
  body: LargeBody,
  deps: AcceptDeps,
): Promise<AcceptOutcome> {
  const { snapshot, preset } = admitted
  const receivedAt = deps.now()
  const verifier = await beginVerify({ ...schemeInput(admitted, secrets, receivedAt, deps), preset })
  if (verifier === 'needs_whole_body') {
    await body.stream.cancel()
    return { outcome: 'body_too_large', limitBytes: MAX_WHOLE_BYTES }
  }
  if (!verifier.ok) {
    await body.stream.cancel()
    return refusal(admitted, verifier.error, secrets)
  }
  const id = deps.newId('whk', snapshot.settings.writeShard, receivedAt)
  const streamed = await deps.streamPayload(id, body, (chunk) => verifier.value.update(chunk))
  if (streamed.kind !== 'stored') {
    // What R2 was late with may still arrive.
    deps.dropPayload(id)
    return { outcome: streamed.kind === 'unreadable' ? 'body_unreadable' : 'not_durable' }
  }
  const verdict: Verdict = verifier.value.finish()
  const limited = verdict.ok ? await believed(admitted, deps) : refusal(admitted, verdict.error, secrets)
  if (!verdict.ok || limited) {
    deps.dropPayload(id)
    return limited!
  }
  const whole = { id, body: undefined, bodyHash: () => streamed.sha256, bodySize: body.length }
  const draft = await draftWebhook({ ...admitted, ...whole, facts: verdict.value, receivedAt }, deps)
  return keep(draft, streamed.body, preset.reply, deps)
}

function schemeInput(
  { delivery, provider }: Admitted,
  secrets: SigningSecret[],
  now: number,
  { fetchKey }: AcceptDeps,
): ReturnType<typeof providerInput> {
  return providerInput(provider, { ...delivery, secrets, now, fetchKey })
}

function refusal({ provider, preset }: Admitted, reason: RejectReason, secrets: readonly SigningSecret[]): AcceptOutcome {
  switch (reason) {
    case 'unusable_secret': {
      const unresolved = provider.secret !== null && secrets.length === 0
      const problem = unresolved
        ? `the secret ${provider.secret} does not resolve`
        : `the secret or a setting of ${provider.id} is missing, or of no use to ${preset.id}`
      return { outcome: 'misconfigured', problem }
    }
    case 'key_unavailable':
      return { outcome: 'key_unavailable' }
    default:
      return unverified(preset, reason)
  }
}

/** The request was verified, which speaks for its address; whether it is one more than the provider's limit. */
async function believed({ provider, ip }: Admitted, deps: AcceptDeps): Promise<AcceptOutcome | undefined> {
  deps.failures.believe(provider.id, ip)
  if (provider.rateLimit === null) return undefined
  const limit = await deps.limitProvider(provider)
  return limit.allowed ? undefined : { outcome: 'rate_limited', by: 'provider', retryAfterMs: limit.retryAfterMs }
}

async function keep(
  draft: Parameters<AcceptDeps['store']>[0],
  body: Parameters<AcceptDeps['store']>[1],
  reply: Admitted['preset']['reply'],
  deps: AcceptDeps,
): Promise<AcceptOutcome> {
  const kept = await deps.store(draft, body)
  if (kept.place === 'nowhere') return { outcome: 'not_durable' }
  const jobs = kept.result.outcome === 'duplicate' ? 0 : draft.jobs.length
  return { ...kept.result, place: kept.place, eventType: draft.type, jobs, reply }
}
