import { ERROR_CODES, type ErrorCode } from '../core/error-codes.ts'
import type { AppError, Issue } from '../core/errors.ts'
import { withoutHiddenSegments } from './shown-path.ts'

/** RFC 9457 problem details, with our `code`, the request's id, and for 400 the fields that are wrong. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: ErrorCode
  requestId: string
  issues?: Issue[]
}

/** Seconds a sender is asked to wait on 503 and 429 where nothing better is known. */
const DEFAULT_RETRY_AFTER_SECONDS = 30

/** The address that names a code. */
export function problemType(code: ErrorCode): string {
  return `https://orchestrator.dev/problems/${code.replaceAll('_', '-')}`
}

/** Turns an error into `application/problem+json`. `instance` is the path of the request; of its `url` no credential is told. */
export function problemResponse(error: AppError, request: { path: string; url?: string; requestId: string }): Response {
  const { status, title } = ERROR_CODES[error.code]
  const problem: Problem = {
    ...error.extensions,
    type: problemType(error.code),
    title,
    status,
    detail: request.url === undefined ? error.message : withoutHiddenSegments(error.message, request.url),
    instance: request.path,
    code: error.code,
    requestId: request.requestId,
    ...(error.issues ? { issues: error.issues } : {}),
  }
  const headers = new Headers({ ...error.headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  headers.set('x-request-id', request.requestId)
  const retryAfter = error.retryAfterSeconds ?? (status === 503 || status === 429 ? DEFAULT_RETRY_AFTER_SECONDS : undefined)
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter))
  return new Response(JSON.stringify(problem), { status, headers })
}
