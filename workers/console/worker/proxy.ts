import { IMPERSONATION_HEADER } from '@orchestrator/shared/contracts/impersonation-api'
import { readToken } from '@orchestrator/shared/access/read-token'
import { AppError } from '@orchestrator/shared/core/errors'
import { readBody } from '@orchestrator/shared/http/body'

/** A person waits for the answer; control's own deadlines are shorter. */
export const CONTROL_TIMEOUT_MS = 15_000
/** The largest request is a pasted webhook to try: what control takes, and far below what hurts. */
export const MAX_REQUEST_BYTES = 2 * 1024 * 1024

/** What of the browser's request control gets to see, next to the Access token and the trace. */
const REQUEST_HEADERS = [
  'accept',
  'cf-connecting-ip',
  'cf-ray',
  'content-type',
  'idempotency-key',
  'if-match',
  IMPERSONATION_HEADER,
  'origin',
  'sec-fetch-mode',
  'sec-fetch-site',
] as const
/** What of control's answer the browser gets to see. */
const RESPONSE_HEADERS = ['content-disposition', 'content-type', 'etag', 'retry-after', 'x-request-id'] as const
/** Exports, which control streams: JSON Lines and CSV. */
const EXPORT = /^(?:application\/jsonl|text\/csv)\b/

export interface ProxyDeps {
  /** Calls control; the URL's host means nothing there. */
  fetchControl: (url: string, init: RequestInit) => Promise<Response>
  timeoutMs: number
  maxRequestBytes: number
}

/**
 * Forwards one allow-listed request to `path` at control. Control that cannot be reached, or answers with something
 * other than its own JSON or an export, is 502 `upstream_unavailable`; one that takes too long 504; a body over the limit 413. An
 * export has all the time that it takes, once it has begun.
 */
export async function forwardToControl(request: Request, path: string, traceparent: string, deps: ProxyDeps): Promise<Response> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), deps.timeoutMs)
  const init: RequestInit = {
    method: request.method,
    headers: requestHeaders(request, traceparent),
    redirect: 'manual',
    signal: timeout.signal,
  }
  if (request.method !== 'GET') {
    const body = await readBody(request, deps.maxRequestBytes)
    if (body === 'too_large') throw new AppError('body_too_large', `The body is over ${deps.maxRequestBytes} bytes.`)
    init.body = body
  }
  const answer = await callControl(`https://control.internal${path}${new URL(request.url).search}`, init, deps)
  if (EXPORT.test(typeOf(answer))) clearTimeout(timer)
  return new Response(answer.body, { status: answer.status, headers: responseHeaders(answer) })
}

async function callControl(url: string, init: RequestInit, deps: ProxyDeps): Promise<Response> {
  let answer: Response
  try {
    answer = await deps.fetchControl(url, init)
  } catch (cause) {
    if (init.signal?.aborted) throw new AppError('deadline_exceeded', 'Control did not answer in time.', { cause })
    throw new AppError('upstream_unavailable', 'Control cannot be reached.', { cause })
  }
  if (isControlsOwn(answer)) return answer
  await answer.body?.cancel()
  throw new AppError('upstream_unavailable', `Control answered ${answer.status} with something it never says.`)
}

/** Control speaks JSON and problem+json, and streams exports. Anything else comes from what stands in its place while it is down. */
function isControlsOwn(answer: Response): boolean {
  return /^application\/(?:problem\+)?json\b/.test(typeOf(answer)) || EXPORT.test(typeOf(answer))
}

function typeOf(answer: Response): string {
  return answer.headers.get('content-type') ?? ''
}

function requestHeaders(request: Request, traceparent: string): Headers {
  const headers = new Headers({ traceparent })
  for (const name of REQUEST_HEADERS) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  const token = readToken(request.headers)
  if (token !== undefined) headers.set('cf-access-jwt-assertion', token)
  return headers
}

function responseHeaders(answer: Response): Headers {
  const headers = new Headers({ 'cache-control': 'no-store' })
  for (const name of RESPONSE_HEADERS) {
    const value = answer.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}
