import type { Connector, Operation } from '@orchestrator/shared/contracts/connector'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { cutOff } from '@orchestrator/shared/policy/cut-off'
import { type Call, type CallEnd, POLICY_HEADERS } from '@orchestrator/shared/policy/types'
import { type Answer, type HttpAnswer, readAnswer } from './answer.ts'
import { authorise, forgetToken } from './auth/authorise.ts'
import type { AuthDeps, Authorised, UnsignedRequest } from './auth/types.ts'
import { buildRequest, type CallMarks } from './build-request.ts'
import { followRedirects, type Hop, type Hops } from './follow-redirects.ts'
import { inputError } from '@orchestrator/shared/operations/input-issues'
import type { WebhookSource } from '@orchestrator/shared/operations/raw-input'
import { dropBody, MAX_KEPT_BYTES } from './read-response.ts'
import { withoutSecrets } from './without-secrets.ts'

export type HttpConnectorDeps = AuthDeps

export interface HttpCall extends CallMarks {
  connector: Connector
  operation: Operation
  input: Result<unknown, string>
  /** The webhook that a job came of, where its operation sends something of it on. */
  webhook?: Result<WebhookSource, string> | undefined
  /** Whether the input was checked against the operation's schema before. */
  checked?: boolean
  /** Ends the call; a reason named `TimeoutError` says that its time was over, any other that it was given up. */
  signal: AbortSignal
  /** When the signal is aborted, ms from the beginning. */
  attemptMs: number
  /** What is kept of the answer, bytes. By default what a job's result holds. */
  keepBytes?: number
  /**
   * Leaves the body of a successful answer to be read by the caller, as it comes. The signal goes on to end it; reading, or
   * cancelling, and its limit are then up to the caller. Where the operation looks at the body itself, it is read whole all the same.
   */
  stream?: boolean
}

export interface HttpResult extends Call {
  /** `null` when none came. */
  answer: HttpAnswer | null
  /** Why the response mapping gave nothing, though the upstream has acted. `null` when there is nothing to tell. */
  problem: string | null
}

/**
 * Makes one HTTP call, along its redirects where the connector follows them. Once it is sent, whatever happens is how the call
 * ended; a timeout means that whether the upstream acted is unknown. It settles when the signal is aborted. Throws when something
 * passing kept it from being sent: a secret could not be looked up, a token not be got, or the time was over before. Then no
 * attempt was made.
 */
export async function callHttp(deps: HttpConnectorDeps, call: HttpCall): Promise<HttpResult> {
  const startedAt = deps.now()
  const { connector, operation, idempotencyKey } = call
  const known = { operation: operation.name, method: operation.method, startedAt, idempotencyKey }
  const request = await prepare(deps, call)
  const made = request.ok ? await send(deps, call, request.value) : { end: config(request.error), answer: null }
  return {
    ...known,
    url: request.ok ? request.value.url : `${connector.baseUrl.replace(/\/+$/, '')}${operation.path}`,
    end: made.end,
    durationMs: deps.now() - startedAt,
    excerpt: made.answer?.excerpt ?? null,
    body: made.answer?.value ?? null,
    answer: made.answer?.answer ?? null,
    problem: made.answer?.problem ?? null,
  }
}

interface Made {
  end: CallEnd
  answer: Answer | null
}

async function prepare(deps: HttpConnectorDeps, call: HttpCall): Promise<Result<UnsignedRequest, string>> {
  const { connector, operation, input, webhook } = call
  if (!input.ok) return input
  if (webhook && !webhook.ok) return webhook
  const wrong = call.checked ? undefined : inputError(operation, input.value)
  if (wrong !== undefined) return err(wrong)
  return buildRequest(connector, operation, { input: input.value, webhook: webhook?.value }, call, deps)
}

async function send(deps: HttpConnectorDeps, call: HttpCall, request: UnsignedRequest): Promise<Made> {
  const { connector, operation, signal, attemptMs } = call
  const sending: Sending = { deps, call, sent: false, secrets: [] }
  try {
    const followed = await sendAuthorised(sending, request)
    if (!followed.ok) return { end: config(followed.error), answer: null }
    const { response, refused } = followed.value
    const answer = await readAnswer(response, operation, {
      keepBytes: call.keepBytes ?? MAX_KEPT_BYTES,
      responseLimitBytes: connector.responseLimitBytes,
      stream: call.stream === true && refused === undefined,
      secrets: sending.secrets,
    })
    return { end: answered(response, answer, refused), answer }
  } catch (error) {
    if (!sending.sent) throw error
    const end: CallEnd = signal.aborted
      ? cutOff(signal, attemptMs)
      : { kind: 'network', error: withoutSecrets(errorMessage(error), sending.secrets) }
    return { end, answer: null }
  }
}

/** One call while it is made. */
interface Sending {
  readonly deps: HttpConnectorDeps
  readonly call: HttpCall
  /** Whether anything left us. */
  sent: boolean
  /** What must not appear in any record. */
  readonly secrets: string[]
}

/** A token that was kept may have been revoked early: where it is refused, the call is made once more with a new one. */
async function sendAuthorised(sending: Sending, request: UnsignedRequest): Promise<Result<Hops<SentWith>, string>> {
  const { deps, call } = sending
  const follow = () => followRedirects(call.connector, deps, request, (hop) => sendOnce(sending, hop))
  const first = await follow()
  if (!first.ok || first.value.response.status !== 401 || !first.value.last.cachedToken) return first
  await dropBody(first.value.response.body)
  // Nothing was done. Where no new token can be got now, that is so as if nothing had been sent.
  sending.sent = false
  await forgetToken(deps, call.connector.auth, call)
  return follow()
}

interface SentWith {
  cachedToken: boolean
}

async function sendOnce(
  sending: Sending,
  { unsigned, stranger }: Hop,
): Promise<Result<{ response: Response; sent: SentWith }, string>> {
  const { deps, call } = sending
  const { url, method, body } = unsigned
  const proof = stranger ? NOBODY : await authorise(deps, call.connector.auth, unsigned, call)
  if (!proof.ok) return proof
  sending.secrets.push(...proof.value.confidential)
  const headers = new Headers(unsigned.headers)
  for (const [name, value] of Object.entries(proof.value.headers)) headers.set(name, value)
  if (call.signal.aborted) throw new Error(`the call was not sent: preparing it took ${call.attemptMs} ms or more`)
  sending.sent = true
  const response = await deps.fetch(url, { method, headers, body, signal: call.signal, redirect: 'manual' })
  return ok({ response, sent: { cachedToken: proof.value.cachedToken === true } })
}

const NOBODY: Awaited<Authorised> = ok({ headers: {}, confidential: [] })

function config(error: string): CallEnd {
  return { kind: 'config', error }
}

function answered({ status, headers }: Response, { success }: Answer, refused: string | undefined): CallEnd {
  const heard = POLICY_HEADERS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : []))
  const end = { kind: 'answered' as const, status, headers: Object.fromEntries(heard) as Record<string, string> }
  return refused === undefined ? { ...end, success } : { ...end, success: false, refused }
}
