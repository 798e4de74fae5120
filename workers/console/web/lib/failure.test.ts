import { describe, it } from 'vitest'
import { ApiError, describeFailure, failureOf, isControlDown, isWorthRetrying, parseProblem } from './failure.ts'

const PROBLEM = {
  type: 'https://orchestrator.dev/problems/validation-failed',
  title: 'The request is not valid',
  status: 400,
  detail: 'Some fields are missing or wrong; see issues.',
  instance: '/v1/x',
  code: 'validation_failed',
  requestId: 'req_1',
  issues: [{ path: 'reason', message: 'say why' }],
}

describe('an answer that is not a success', () => {
  it('keeps what its problem says, issues and request id included', ({ expect }) => {
    expect(parseProblem(400, PROBLEM, 'req_header')).toEqual({
      kind: 'problem',
      status: 400,
      code: 'validation_failed',
      title: 'The request is not valid',
      detail: 'Some fields are missing or wrong; see issues.',
      requestId: 'req_1',
      issues: [{ path: 'reason', message: 'say why' }],
    })
  })

  it('takes the request id of the header when the problem has none', ({ expect }) => {
    const { requestId: _, ...problem } = PROBLEM
    expect(parseProblem(400, problem, 'req_header')).toMatchObject({ requestId: 'req_header' })
  })

  it.for([undefined, 'a page', { error: 'no' }, null])('is still a problem when its body is not ours: %j', (body, { expect }) => {
    const failure = parseProblem(500, body, 'req_header')
    expect(failure).toMatchObject({ kind: 'problem', status: 500, code: 'unknown', requestId: 'req_header', issues: [] })
    expect(describeFailure(failure).detail).toContain('500')
  })

  it('means signed out when it is 401, whoever says it', ({ expect }) => {
    expect(parseProblem(401, { ...PROBLEM, status: 401, code: 'unauthenticated' }, null)).toEqual({ kind: 'signed_out' })
    expect(parseProblem(401, '<html>', null)).toEqual({ kind: 'signed_out' })
  })
})

describe('a failure in words', () => {
  const problem = (status: number, code: string) => parseProblem(status, { ...PROBLEM, status, code }, null)

  it('says of a control that is down that work goes on', ({ expect }) => {
    for (const down of [problem(502, 'upstream_unavailable'), problem(503, 'unavailable'), problem(504, 'deadline_exceeded')]) {
      expect(isControlDown(down)).toBe(true)
      expect(describeFailure(down)).toMatchObject({ title: 'Control is not available', remedy: 'retry', requestId: 'req_1' })
    }
    expect(isControlDown(problem(500, 'internal_error'))).toBe(false)
  })

  it('offers to sign in again only when the session has ended', ({ expect }) => {
    expect(describeFailure({ kind: 'signed_out' }).remedy).toBe('sign_in')
    expect(describeFailure({ kind: 'network' }).remedy).toBe('retry')
  })

  it('offers nothing where repeating cannot help', ({ expect }) => {
    expect(describeFailure(problem(403, 'forbidden')).remedy).toBe('none')
    expect(describeFailure(problem(404, 'not_found')).remedy).toBe('none')
  })

  it('names the fields of an answer that breaks the contract', ({ expect }) => {
    const text = describeFailure({ kind: 'mismatch', requestId: 'req_2', fields: ['items.0.id'] })
    expect(text.detail).toContain('items.0.id')
    expect(text.requestId).toBe('req_2')
  })
})

describe('what was thrown', () => {
  it('is the failure of an ApiError, and a bug of the page otherwise', ({ expect }) => {
    expect(failureOf(new ApiError({ kind: 'network' }))).toEqual({ kind: 'network' })
    expect(failureOf(new TypeError('x is not a function'))).toMatchObject({ kind: 'problem', detail: 'x is not a function' })
  })

  it('is asked again at once only where that can help', ({ expect }) => {
    expect(isWorthRetrying({ kind: 'network' })).toBe(true)
    expect(isWorthRetrying(parseProblem(503, PROBLEM, null))).toBe(true)
    expect(isWorthRetrying(parseProblem(400, PROBLEM, null))).toBe(false)
    expect(isWorthRetrying({ kind: 'signed_out' })).toBe(false)
  })
})
