import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ConfigSnapshot, Provider, SecretRef } from '@orchestrator/shared/contracts/config'
import type { TestRequest, TestResponse } from '@orchestrator/shared/contracts/sender-api'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import { decodeUtf8 } from '@orchestrator/shared/core/bytes'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { redactHeaders } from '@orchestrator/shared/inbox/redact-headers'
import { readStream } from '@orchestrator/shared/core/read-stream'
import type { ResolvedSecret } from '@orchestrator/shared/secrets/resolve'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { presetOf } from '@orchestrator/shared/verification/preset-of'
import { proofHeaders, proofIsInBody } from '@orchestrator/shared/verification/verify'
import { recordOutcome } from '../audit/record-outcome.ts'
import { findOrThrow } from '../config/edit.ts'
import { howItFailed } from '../deadlines.ts'
import { hideSecrets } from './hide-secrets.ts'
import { type SignedEvent, signTestEvent } from './sign-test-event.ts'
import { openSecrets } from './signing-secrets.ts'

const MAX_ANSWER_BYTES = 65_536

interface Deps {
  now(): number
  logger: Logger
  configInForce(): Promise<ConfigSnapshot>
  resolveSecret(ref: SecretRef): Promise<ResolvedSecret[]>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  sendToIngress(request: Request): Promise<Response>
}

/**
 * Sends ingress an event as the provider's sender would, signed under the current secret, and tells what it answered. It is an
 * event like any other: routes that match it make jobs. The intent is written down before anything is sent.
 */
export async function sendTestEvent(deps: Deps, by: ChangeContext, id: string, input: TestRequest): Promise<TestResponse> {
  const config = await deps.configInForce()
  const provider = findOrThrow(config.providers, id, 'provider')
  const preset = presetOf(provider)
  if (!preset)
    throw new AppError('conflict', `There is no preset ${provider.preset} any more: ingress cannot serve this provider.`)
  const secrets = await openSecrets(provider, preset, config, deps, () => {})
  const event = await signTestEvent(provider, preset, secrets, input, Math.floor(deps.now() / 1_000))

  const entry = { ...by, target: `provider:${id}`, reason: null, before: null, after: null }
  const intent = await deps.appendAudit({ ...entry, action: 'provider.test_requested', intentSeq: null })
  const conclude = (after: object) =>
    recordOutcome(deps, { ...entry, at: deps.now(), action: 'provider.tested', intentSeq: intent.seq, after })
  let response: Response
  try {
    response = await deps.sendToIngress(toRequest(provider, event))
  } catch (error) {
    await conclude({ failed: howItFailed('ingress', error) })
    throw error
  }
  const hide = (text: string) => hideSecrets(text, [...secrets.map(({ secret }) => secret), input.privateKey ?? ''])
  const answer = {
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: hide(await textOf(response)),
  }
  const headers = redactHeaders(Object.entries(event.headers), proofHeaders(preset))
  return {
    request: {
      method: event.method,
      url: hide(event.url),
      headers: headers.map(([name, value]) => [name, hide(value)]),
      body: proofIsInBody(preset)
        ? '[not shown: the proof is in it]'
        : hide(decodeUtf8(event.rawBody) ?? '(bytes that are no text)'),
    },
    response: answer,
    auditSeq: (await conclude({ status: answer.status }))?.seq ?? null,
  }
}

/** The event on its way: to the one path of ingress, whatever address is registered, and from a network that may send. */
function toRequest({ id, allowedIps }: Provider, { method, url, headers, rawBody }: SignedEvent): Request {
  const request = new Request(`https://ingress.internal/webhooks/${id}${new URL(url).search}`, {
    method,
    headers,
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: rawBody }),
    signal: AbortSignal.timeout(10_000),
  })
  const [network] = allowedIps
  if (network !== undefined) request.headers.set('cf-connecting-ip', network.split('/')[0] ?? network)
  return request
}

async function textOf(response: Response): Promise<string> {
  const bytes = await readStream(response.body, MAX_ANSWER_BYTES).catch(() => undefined)
  return (bytes && decodeUtf8(bytes)) ?? '(not shown: too long, or no text)'
}
