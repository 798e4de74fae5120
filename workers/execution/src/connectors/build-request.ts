import type { Connector, Operation } from '@orchestrator/shared/contracts/connector'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { isForwardable } from '@orchestrator/shared/egress/forwardable-headers'
import { guardUrl, REFUSALS } from '@orchestrator/shared/egress/url-guard'
import { evaluateExpression } from '@orchestrator/shared/expressions/evaluate'
import type { UnsignedRequest } from './auth/types.ts'
import { fillPath } from '@orchestrator/shared/operations/fill-path'
import { inputHeaders, rawBody, type RawBody, type WebhookSource } from '@orchestrator/shared/operations/raw-input'

/** What goes with every call of one job. */
export interface CallMarks {
  idempotencyKey: string
  traceparent: string
}

/** What the address guard goes by. */
export interface EgressRules {
  environment: 'development' | 'production'
  /** Names and zones of our own, which no connector may call. */
  ownHosts: readonly string[]
}

export interface CallSource {
  input: unknown
  /** The webhook that a job came of, where its operation sends something of it on. */
  webhook: WebhookSource | undefined
}

const USER_AGENT = 'Orchestrator/1'

/**
 * The request of one call, without authorisation. The error says what in the configuration or the input stands in the way.
 */
export async function buildRequest(
  connector: Connector,
  operation: Operation,
  source: CallSource,
  marks: CallMarks,
  { environment, ownHosts }: EgressRules,
): Promise<Result<UnsignedRequest, string>> {
  const path = fillPath(operation.path, source.input)
  if (!path.ok) return path
  const url = guardUrl(`${connector.baseUrl.replace(/\/+$/, '')}${path.value}`, environment, ownHosts)
  if (!url.ok) return err(`the address of connector “${connector.id}” is refused: ${REFUSALS[url.error]}`)
  const body = operation.raw ? sentOn(source) : await mapBody(operation.body, source.input)
  if (!body.ok) return body
  if (body.value !== null && operation.method === 'GET')
    return err(`the operation “${operation.name}” sends a body, which GET has not`)
  const forwarded = forwardedHeaders(operation, source)
  if (!forwarded.ok) return forwarded
  const headers = buildHeaders(connector, marks, forwarded.value, body.value)
  return headers.ok
    ? ok({ url: url.value.href, method: operation.method, headers: headers.value, body: body.value?.body ?? null })
    : headers
}

function sentOn({ input, webhook }: CallSource): Result<RawBody | null, string> {
  if (webhook) return ok(webhook)
  const body = rawBody(input)
  return body.ok ? body : err(`the input has no usable “${body.error[0]?.path}” to be sent as it is: ${body.error[0]?.message}`)
}

/** JSON carries half a surrogate pair as an escape, so the upstream gets it as the sender wrote it. */
async function mapBody(expression: string | null, input: unknown): Promise<Result<RawBody | null, string>> {
  if (expression === null) return ok(null)
  const mapped = await evaluateExpression(expression, input)
  if (!mapped.ok) return err(`the body mapping of the operation failed: ${mapped.error.message}`)
  if (mapped.value === undefined) return err('the body mapping of the operation matches nothing')
  return ok({ body: JSON.stringify(mapped.value), contentType: 'application/json', contentEncoding: null })
}

/** Those that the operation names, as far as they may be sent on and are there. */
function forwardedHeaders(operation: Operation, { input, webhook }: CallSource): Result<Record<string, string>, string> {
  if (operation.forwardHeaders.length === 0) return ok({})
  const available = webhook ? ok(webhook.headers) : inputHeaders(input)
  if (!available.ok) return err(`the header “${available.error[0]?.path}” of the input cannot be sent on`)
  const wanted = operation.forwardHeaders.map((name) => name.toLowerCase()).filter(isForwardable)
  return ok(
    Object.fromEntries(
      wanted.flatMap((name) => {
        const value = Object.hasOwn(available.value, name) ? available.value[name] : undefined
        return value === undefined ? [] : [[name, value]]
      }),
    ),
  )
}

/** What the connector says wins over what is sent on, and our own marks over both. */
function buildHeaders(
  connector: Connector,
  marks: CallMarks,
  forwarded: Readonly<Record<string, string>>,
  body: RawBody | null,
): Result<Headers, string> {
  const invalid = err(`a header of connector “${connector.id}” is not valid`)
  // A runtime may replace the broken character instead of refusing it.
  if (!Object.values(connector.headers).every((value) => value.isWellFormed())) return invalid
  try {
    const headers = new Headers({ accept: 'application/json', 'user-agent': USER_AGENT, ...forwarded })
    for (const [name, value] of Object.entries(connector.headers)) headers.set(name, value)
    if (body?.contentType) headers.set('content-type', body.contentType)
    if (body?.contentEncoding) headers.set('content-encoding', body.contentEncoding)
    headers.set('idempotency-key', marks.idempotencyKey)
    headers.set('traceparent', marks.traceparent)
    return ok(headers)
  } catch {
    return invalid
  }
}
