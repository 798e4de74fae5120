import * as z from 'zod'

/** Why a call of the API did not give what was asked. */
export type Failure =
  /** The API said no, in problem+json (RFC 9457). */
  | { kind: 'problem'; status: number; code: string; title: string; detail: string; requestId: string | null; issues: Issue[] }
  /** Access wants the person to sign in again. */
  | { kind: 'signed_out' }
  /** No answer at all. */
  | { kind: 'network' }
  /** An answer that does not follow the contract; `fields` names where. */
  | { kind: 'mismatch'; requestId: string | null; fields: string[] }

export interface Issue {
  path: string
  message: string
}

/** A failed call, thrown for react-query. */
export class ApiError extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(describeFailure(failure).title)
    this.name = 'ApiError'
    this.failure = failure
  }
}

const problem = z.object({
  title: z.string(),
  status: z.number(),
  detail: z.string().default(''),
  code: z.string(),
  requestId: z.string().nullable().default(null),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
})

/** Reads the failure out of an answer that is not a success. `requestId` is the answer's header, for bodies that are not ours. */
export function parseProblem(status: number, body: unknown, requestId: string | null): Failure {
  const parsed = problem.safeParse(body)
  if (parsed.success && parsed.data.code === 'unauthenticated') return { kind: 'signed_out' }
  if (parsed.success) return { kind: 'problem', ...parsed.data, status, requestId: parsed.data.requestId ?? requestId }
  if (status === 401) return { kind: 'signed_out' }
  return {
    kind: 'problem',
    status,
    code: 'unknown',
    title: status >= 500 ? 'The service did not answer properly' : 'The request was refused',
    detail: `The answer was HTTP ${status} without further explanation.`,
    requestId,
    issues: [],
  }
}

export interface FailureText {
  title: string
  detail: string
  requestId: string | null
  /** What the person can do: try again, sign in again, or nothing. */
  remedy: 'retry' | 'sign_in' | 'none'
}

const CONTROL_DOWN_CODES = new Set(['upstream_unavailable', 'unavailable', 'deadline_exceeded'])

/** A failure in words for the screen. */
export function describeFailure(failure: Failure): FailureText {
  switch (failure.kind) {
    case 'signed_out':
      return {
        title: 'Your session has ended',
        detail: 'Sign in again to go on where you were.',
        requestId: null,
        remedy: 'sign_in',
      }
    case 'network':
      return {
        title: 'The console cannot be reached',
        detail: 'Check your connection. This page goes on by itself as soon as it is back.',
        requestId: null,
        remedy: 'retry',
      }
    case 'mismatch':
      return {
        title: 'The answer could not be understood',
        detail: `Control answered in a form this page does not know (${failure.fields.join(', ')}). Reload the page; it may be older than control.`,
        requestId: failure.requestId,
        remedy: 'retry',
      }
    case 'problem':
      return describeProblem(failure)
  }
}

function describeProblem(failure: Extract<Failure, { kind: 'problem' }>): FailureText {
  const { requestId } = failure
  if (isControlDown(failure)) {
    return {
      title: 'Control is not available',
      detail: 'Webhooks are still accepted and jobs still run; only this view is affected. It comes back by itself.',
      requestId,
      remedy: 'retry',
    }
  }
  if (failure.status === 403) {
    return { title: 'You are not allowed to see this', detail: failure.detail, requestId, remedy: 'none' }
  }
  if (failure.status === 404) return { title: 'Not found', detail: failure.detail, requestId, remedy: 'none' }
  return { title: failure.title, detail: failure.detail, requestId, remedy: 'retry' }
}

/** Whether control itself is down, as against saying no. */
export function isControlDown(failure: Failure): boolean {
  return failure.kind === 'problem' && failure.status >= 500 && CONTROL_DOWN_CODES.has(failure.code)
}

/** Anything that was thrown, as a failure. What is not an {@link ApiError} is a bug of this page. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ApiError) return thrown.failure
  return {
    kind: 'problem',
    status: 0,
    code: 'unknown',
    title: 'Something went wrong in this page',
    detail: thrown instanceof Error ? thrown.message : 'No further details.',
    requestId: null,
    issues: [],
  }
}

/** Whether asking again at once may help. */
export function isWorthRetrying(failure: Failure): boolean {
  return failure.kind === 'network' || (failure.kind === 'problem' && failure.status >= 500)
}
