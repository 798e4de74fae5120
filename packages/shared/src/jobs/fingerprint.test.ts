import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'

const of = (error: string) => fingerprintOf('upstream_failed', 'billing', error)

describe('the fingerprint of a death', () => {
  const same: [string, string, string][] = [
    ['a number', 'no answer within 5000 ms', 'no answer within 12 ms'],
    ['an id of ours', 'no subscription job_0001ARZ3NDEKTSV4RRFFQ69G5FAV', 'no subscription job_0101ARZ3NDEKTSV4RRFFQ69G5FXX'],
    ['an id of theirs', 'no such customer: cus_N3fK2lQ', 'no such customer: cus_9xAb1'],
    ['a UUID', 'row 5f0c1e2a-9d1b-4c3e-8f00-aa11bb22cc33 is locked', 'row 11111111-2222-4333-8444-555555555555 is locked'],
    ['hex', 'object deadbeef01 is gone', 'object 0badc0ffee is gone'],
    ['what is quoted', 'the input has no usable “id” for the path', 'the input has no usable “customer name” for the path'],
    ['what is quoted otherwise', `field "a b" of 'x' is wrong`, `field "c" of 'yy z' is wrong`],
    ['the query of an address', 'https://a.example/x?token=a%20b failed', 'https://a.example/x?page=1&b#c failed'],
    ['an e-mail address', 'ann@example.com is not known', 'bob.b@mail.example.org is not known'],
    ['a time', 'closed at 2026-11-30T07:12:38.736Z', 'closed at 2025-01-02T00:00:00Z'],
    ['a list of numbers', 'rows 1, 2, 3 are locked', 'rows 44 are locked'],
    ['spaces and case', 'Connection  refused', 'connection refused\n'],
  ]
  for (const [name, one, other] of same) {
    it(`does not see ${name}`, ({ expect }) => {
      expect(of(one)).toBe(of(other))
    })
  }

  it('tells classes, connectors, answers and words apart', ({ expect }) => {
    const prints = [
      of('status 500'),
      of('status 503'),
      of('the upstream answered 502'),
      of('the upstream answered 504'),
      of('network connection lost'),
      of('https://a.example/x failed'),
      of('https://a.example/y failed'),
      fingerprintOf('timeout', 'billing', 'status 500'),
      fingerprintOf('upstream_failed', 'mail', 'status 500'),
      fingerprintOf('upstream_failed', null, 'status 500'),
    ]
    expect(new Set(prints).size).toBe(prints.length)
    expect(prints[0]).toMatch(/^upstream_failed:billing:[0-9a-f]{12}$/)
    expect(prints.at(-1)).toMatch(/^upstream_failed:-:/)
  })

  it('is short and quick whatever the error', ({ expect }) => {
    fc.assert(fc.property(fc.string({ maxLength: 3_000, unit: 'binary' }), (error) => of(error).length < 60))
    const started = performance.now()
    for (const piece of ['a@', '0', '"', "'", 'https://', '# ', 'a-', 'status ']) of(piece.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(500)
  })
})
