import type { Connector, Operation } from '@orchestrator/shared/contracts/connector'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { guardUrl } from '@orchestrator/shared/egress/url-guard'
import { evaluateExpression } from '@orchestrator/shared/expressions/evaluate'

export interface BuiltRequest {
  url: string
  method: Operation['method']
  headers: Headers
  body: string | null
}

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

const USER_AGENT = 'Orchestrator/1'

/**
 * The request of one call, without authorisation. The error says what in the configuration or the input stands in the way.
 */
export async function buildRequest(
  connector: Connector,
  operation: Operation,
  input: unknown,
  marks: CallMarks,
  { environment, ownHosts }: EgressRules,
): Promise<Result<BuiltRequest, string>> {
  const path = fillPath(operation.path, input)
  if (!path.ok) return path
  const url = guardUrl(`${connector.baseUrl.replace(/\/+$/, '')}${path.value}`, environment, ownHosts)
  if (!url.ok) return err(`the address of connector “${connector.id}” is refused: ${url.error}`)
  const body = operation.body === null ? ok(null) : await mapBody(operation.body, input)
  if (!body.ok) return body
  const headers = buildHeaders(connector, marks, body.value !== null)
  return headers.ok ? ok({ url: url.value.href, method: operation.method, headers: headers.value, body: body.value }) : headers
}

/** Puts fields of the input into `{name}`, URL-encoded. A value that would change the path's shape is refused. */
export function fillPath(template: string, input: unknown): Result<string, string> {
  const missing: string[] = []
  const path = template.replace(/\{([^{}]+)\}/g, (_match, name: string) => {
    const value = fieldOf(input, name)
    if (value === undefined) missing.push(name)
    return value ?? ''
  })
  return missing.length > 0 ? err(`the input has no usable “${missing.join('”, “')}” for the path ${template}`) : ok(path)
}

function fieldOf(input: unknown, name: string): string | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, name)) return undefined
  const value = (input as Record<string, unknown>)[name]
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
  // URL parsers take dot segments out even when they are encoded; half a surrogate pair has no encoding at all.
  return text === '' || text === '.' || text === '..' || !text.isWellFormed() ? undefined : encodeURIComponent(text)
}

/** JSON carries half a surrogate pair as an escape, so the upstream gets it as the sender wrote it. */
async function mapBody(expression: string, input: unknown): Promise<Result<string, string>> {
  const mapped = await evaluateExpression(expression, input)
  if (!mapped.ok) return err(`the body mapping of the operation failed: ${mapped.error.message}`)
  return mapped.value === undefined ? err('the body mapping of the operation matches nothing') : ok(JSON.stringify(mapped.value))
}

function buildHeaders(connector: Connector, marks: CallMarks, hasBody: boolean): Result<Headers, string> {
  const invalid = err(`a header of connector “${connector.id}” is not valid`)
  // A runtime may replace the broken character instead of refusing it.
  if (!Object.values(connector.headers).every((value) => value.isWellFormed())) return invalid
  try {
    const headers = new Headers({ accept: 'application/json', 'user-agent': USER_AGENT, ...connector.headers })
    if (hasBody) headers.set('content-type', 'application/json')
    headers.set('idempotency-key', marks.idempotencyKey)
    headers.set('traceparent', marks.traceparent)
    return ok(headers)
  } catch {
    return invalid
  }
}
