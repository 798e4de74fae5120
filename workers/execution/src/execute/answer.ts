import { AppError } from '@orchestrator/shared/core/errors'
import { problemResponse } from '@orchestrator/shared/http/problem'
import type { ExecuteCall, UpstreamAnswer } from './upstream-answer.ts'
import { bodyAsJson } from './upstream-answer.ts'

/** An answer that is known whole, as it is sent and stored. Headers in lower case. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer>
}

export const EXECUTE_PATH = '/execute'
const NULL_BODY_STATUSES: readonly number[] = [204, 205, 304]

/** What a successful call is answered with: `ExecuteResponse`, compact. */
export function jsonAnswer(
  call: ExecuteCall,
  answer: UpstreamAnswer,
  mapped: boolean,
  attempts: number,
  requestId: string,
): Answer {
  const { status, headers } = answer
  const bytes = answer.body.kind === 'bytes' ? answer.body.bytes : new Uint8Array()
  const body = mapped ? { json: JSON.stringify(call.body ?? null) } : bodyAsJson(bytes, headers['content-type'])
  const encoding = 'encoding' in body && body.encoding ? `,"bodyEncoding":${JSON.stringify(body.encoding)}` : ''
  const around = JSON.stringify({ status, headers }).slice(0, -1)
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: `${around},"body":${body.json}${encoding},"attempts":${attempts},"requestId":${JSON.stringify(requestId)}}`,
  }
}

/** What these say beside a raw body is said by us. Stripe, too, marks what it gives again by `Idempotent-Replayed`. */
const OUR_HEADERS: readonly string[] = ['idempotent-replayed', 'ratelimit', 'ratelimit-policy', 'x-request-id']

/**
 * The head of an answer whose body goes on as it came. Nothing of ours is to be read as a page, or kept by a cache, and nothing of
 * the upstream's to be taken for ours.
 */
export function rawHead(answer: UpstreamAnswer, attempts: number): Pick<Answer, 'status' | 'headers'> {
  const theirs = Object.entries(answer.headers).filter(([name]) => !OUR_HEADERS.includes(name))
  return {
    status: answer.status,
    headers: {
      'content-type': 'application/octet-stream',
      ...Object.fromEntries(theirs),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-orchestrator-attempts': String(attempts),
    },
  }
}

/** A body that was read whole: as it came, or, where it is `null`, what the response mapping made of it. */
export function rawWhole(
  call: ExecuteCall,
  answer: UpstreamAnswer,
  bytes: Uint8Array<ArrayBuffer> | null,
  attempts: number,
): Answer {
  const head = rawHead(answer, attempts)
  if (bytes) return { ...head, body: bytes }
  return { ...head, headers: { ...head.headers, 'content-type': 'application/json' }, body: JSON.stringify(call.body ?? null) }
}

/** The same problem document that is answered when the error is thrown, so that it can be stored. */
export async function problemAnswer(error: AppError, requestId: string): Promise<Answer> {
  const response = problemResponse(error, { path: EXECUTE_PATH, requestId })
  // Each answer has the id of its own request in its header; the document names the one that it tells of.
  response.headers.delete('x-request-id')
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(NULL_BODY_STATUSES.includes(status) ? null : body, { status, headers })
}

/** An answer under a key, given again. */
export function replayed({ status, headers, body }: Answer): Response {
  return toResponse({ status, body, headers: { ...headers, 'idempotent-replayed': 'true' } })
}

/** The upstream has done it, and what its caller was to get cannot be made of its answer. */
export function notMapped({ status }: UpstreamAnswer, problem: string, attempts: number): AppError {
  const detail = `The upstream answered ${status}, and it was not to be given as it is: ${problem}.`
  return new AppError('upstream_failed', detail, { extensions: { outcome: 'done', attempts, upstreamStatus: status } })
}

/** The upstream has done it, and its answer cannot be given. */
export function tooLarge(answer: UpstreamAnswer, limitBytes: number, attempts: number): AppError {
  const detail = `The upstream answered ${answer.status} with more than ${limitBytes} bytes, which cannot be given as JSON.`
  return new AppError('upstream_failed', detail, { extensions: { outcome: 'done', attempts, upstreamStatus: answer.status } })
}

/** What asking again gets where the answer was too long to be kept, or could not be. */
export function notKept({ status }: UpstreamAnswer, attempts: number): AppError {
  const detail = `The upstream answered ${status}. Its answer was given to the first caller with this key, and could not be kept.`
  return new AppError('answer_not_kept', detail, { extensions: { outcome: 'done', attempts, upstreamStatus: status } })
}
