import { describe, it } from 'vitest'
import type { Answer } from '../support/ingress.ts'
import { disagreement } from './judge.ts'
import type { Vector } from './vector.ts'

const stored = { eventId: 'evt_1', type: 'invoice.paid' }

function vector(given: Partial<Vector>): Vector {
  const base = { provider: 'stripe', case: 'c', secrets: ['s'], url: 'https://x.test/', method: 'POST', headers: {} }
  return { ...base, body_base64: '', now: 1, expect: 'accept', strength: 'must', ...given }
}

function answer({ headers, ...given }: Partial<Omit<Answer, 'headers'>> & { headers?: Record<string, string> } = {}): Answer {
  return { status: 200, body: '', stored: null, ...given, headers: new Headers(headers) }
}

const accepted = answer({ stored })
const refused = answer({ status: 401 })
const onlyAnswered = answer()

type Row = [strength: Vector['strength'], expect: 'accept' | 'reject', vendor: string | null, answered: Answer, counted: string]

/** Every row: what a line wants, what ingress did, and whether that is counted as failed. */
const rows: Row[] = [
  ...(['must', 'docs', 'docs-scheme', 'hardening'] as const).flatMap((strength): Row[] => [
    [strength, 'accept', null, accepted, 'right'],
    [strength, 'accept', 'accept', refused, 'failed'],
    [strength, 'accept', null, onlyAnswered, 'failed'],
    [strength, 'reject', 'reject', refused, 'right'],
    [strength, 'reject', null, accepted, 'failed'],
    [strength, 'reject', 'accept', accepted, 'failed'],
    [strength, 'reject', null, onlyAnswered, 'failed'],
  ]),
  ['vendor', 'reject', 'reject', accepted, 'failed'],
  ['vendor', 'reject', null, accepted, 'failed'],
  ['vendor', 'reject', 'reject', onlyAnswered, 'failed'],
  ['vendor', 'reject', 'reject', refused, 'right'],
  ['vendor', 'accept', 'accept', refused, 'right'],
  ['vendor', 'accept', 'accept', accepted, 'right'],
  ['vendor', 'accept', 'accept', onlyAnswered, 'failed'],
  ['either', 'accept', 'accept', refused, 'right'],
  ['either', 'accept', 'accept', accepted, 'right'],
  ['either', 'accept', 'accept', onlyAnswered, 'failed'],
  ['either', 'reject', 'reject', accepted, 'right'],
  ['either', 'reject', 'reject', refused, 'right'],
]

function told({ status, stored: kept }: Answer): string {
  return kept ? 'accepted' : status === 401 ? 'refused' : 'answered without storing'
}

describe('a line of the vectors', () => {
  for (const [strength, expected, verdict, answered, counted] of rows) {
    const vendor = verdict === null ? '' : `, the vendor's code ${verdict}s`
    it(`(${strength}, ${expected}${vendor}) is ${counted} when it was ${told(answered)}`, ({ expect }) => {
      const problem = disagreement(vector({ strength, expect: expected, vendor_verdict: verdict }), answered)
      expect(problem === undefined ? 'right' : 'failed').toBe(counted)
    })
  }

  it('is failed by every error of ours, and by what was refused and stored all the same', ({ expect }) => {
    for (const expected of ['accept', 'reject', 'challenge'] as const) {
      const line = vector({ strength: 'either', expect: expected })
      expect(disagreement(line, answer({ status: 500, body: 'oops' }))).toBe('answered 500 oops')
      expect(disagreement(line, answer({ status: 401, stored }))).toBeDefined()
    }
  })
})

describe('event id and type', () => {
  it('are compared where the line has them', ({ expect }) => {
    const right = { expect_event_id: 'evt_1', expect_event_type: 'invoice.paid' }
    expect(disagreement(vector(right), accepted)).toBeUndefined()
    expect(disagreement(vector({ expect_event_id: 'evt_2' }), accepted)).toBe('event id evt_1, expected evt_2')
    expect(disagreement(vector({ expect_event_type: 'x' }), accepted)).toBe('event type invoice.paid, expected x')
    expect(disagreement(vector({ expect_event_id: null }), accepted)).toBe('event id evt_1, expected null')
    expect(
      disagreement(vector({ ...right, strength: 'vendor' }), answer({ stored: { eventId: null, type: null } })),
    ).toBeDefined()
  })

  it('are not compared where nothing was accepted', ({ expect }) => {
    expect(disagreement(vector({ expect: 'reject', expect_event_id: 'evt_2' }), refused)).toBeUndefined()
    expect(disagreement(vector({ strength: 'either', expect_event_id: 'evt_2' }), refused)).toBeUndefined()
  })
})

describe('a challenge', () => {
  const wanted = { status: 200, content_type: 'text/plain', body: 'token', headers: { 'X-Hook-Secret': 's' } }
  const line = (given: Partial<typeof wanted> & { match?: string } = {}) =>
    vector({ expect: 'challenge', challenge_response: { ...wanted, ...given } })
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-hook-secret': 's' }

  it('is answered with status, type, headers and body, and stores nothing', ({ expect }) => {
    expect(disagreement(line(), answer({ headers, body: 'token' }))).toBeUndefined()
    expect(disagreement(line(), answer({ headers, body: 'token', stored }))).toBe('stored a handshake as an event')
    expect(disagreement(line(), answer({ headers, body: 'token', status: 204 }))).toBe('answered 204, expected 200')
    expect(disagreement(line(), answer({ headers, body: 'tokens' }))).toBe('answered tokens, expected token')
    expect(disagreement(line({ content_type: 'text/html' }), answer({ headers, body: 'token' }))).toContain('text/html')
    expect(disagreement(line(), answer({ headers: { 'content-type': 'text/plain' }, body: 'token' }))).toContain('X-Hook-Secret')
    expect(disagreement(vector({ expect: 'challenge', challenge_response: wanted }), refused)).toBe('answered 401, expected 200')
  })

  it('may be matched as JSON', ({ expect }) => {
    const json = line({ match: 'json', body: '{"a":1,"b":2}' })
    expect(disagreement(json, answer({ headers, body: '{ "b": 2, "a": 1 }' }))).toBeUndefined()
    expect(disagreement(json, answer({ headers, body: '{"a":1}' }))).toBeDefined()
    expect(disagreement(json, answer({ headers, body: 'no json' }))).toBeDefined()
  })
})
