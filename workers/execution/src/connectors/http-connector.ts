import type { Connector, Operation } from '@orchestrator/shared/contracts/connector'
import type { Clock } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { type Call, type CallEnd, POLICY_HEADERS } from '@orchestrator/shared/policy/types'
import { authorise, type FindSecret, withoutSecrets } from './authorise.ts'
import { buildRequest, type BuiltRequest, type CallMarks, type EgressRules } from './build-request.ts'
import { MAX_EXCERPT_LENGTH, readResponse, type ReadResponse, resultBody } from './read-response.ts'

export interface HttpConnectorDeps extends EgressRules {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  findSecret: FindSecret
  now: Clock
}

export interface HttpCall extends CallMarks {
  connector: Connector
  operation: Operation
  input: Result<unknown, string>
  signal: AbortSignal
  /** When the signal is aborted, ms from the beginning. */
  attemptMs: number
}

/**
 * Makes one HTTP call. Once it is sent, whatever happens is how the call ended; a timeout means that whether the upstream
 * acted is unknown. Redirects are not followed. It settles when the signal is aborted. Throws when something of our own kept
 * it from being sent: the secret could not be looked up, or the time was over before. Then no attempt was made.
 */
export async function callHttp(deps: HttpConnectorDeps, call: HttpCall): Promise<Call> {
  const startedAt = deps.now()
  const { connector, operation } = call
  const prepared = await prepare(deps, call)
  if (prepared.ok && call.signal.aborted) throw new Error(`the call was not sent: preparing it took ${call.attemptMs} ms or more`)
  const known = {
    operation: operation.name,
    method: operation.method,
    url: prepared.ok ? prepared.value.url : `${connector.baseUrl.replace(/\/+$/, '')}${operation.path}`,
    startedAt,
    idempotencyKey: call.idempotencyKey,
  }
  const { end, answer } = prepared.ok
    ? await send(deps, call, prepared.value)
    : { end: { kind: 'config' as const, error: prepared.error }, answer: undefined }
  const secrets = prepared.ok ? prepared.value.secrets : []
  return {
    ...known,
    end,
    durationMs: deps.now() - startedAt,
    excerpt: answer ? withoutSecrets(answer.text, secrets).slice(0, MAX_EXCERPT_LENGTH) : null,
    body: answer ? resultBody({ ...answer, text: withoutSecrets(answer.text, secrets) }) : null,
  }
}

type Prepared = BuiltRequest & { secrets: string[] }

async function prepare(deps: HttpConnectorDeps, call: HttpCall): Promise<Result<Prepared, string>> {
  const { connector, operation, input } = call
  if (!input.ok) return input
  const built = await buildRequest(connector, operation, input.value, call, deps)
  if (!built.ok) return built
  const secrets = await authorise(connector.auth, built.value.headers, deps.findSecret)
  return secrets.ok ? ok({ ...built.value, secrets: secrets.value }) : err(secrets.error)
}

async function send(
  deps: HttpConnectorDeps,
  { connector, signal, attemptMs }: HttpCall,
  { url, method, headers, body, secrets }: Prepared,
): Promise<{ end: CallEnd; answer: ReadResponse | undefined }> {
  try {
    const response = await deps.fetch(url, { method, headers, body, signal, redirect: 'manual' })
    const answer = await readResponse(response, connector.responseLimitBytes)
    return { end: { kind: 'answered', status: response.status, headers: policyHeaders(response.headers), success: null }, answer }
  } catch (error) {
    const end: CallEnd = signal.aborted
      ? { kind: 'timeout', afterMs: attemptMs }
      : { kind: 'network', error: withoutSecrets(errorMessage(error), secrets) }
    return { end, answer: undefined }
  }
}

function policyHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(POLICY_HEADERS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])))
}
