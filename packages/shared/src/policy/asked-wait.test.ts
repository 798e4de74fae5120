import { describe, it } from 'vitest'
import { parseRetryAfter } from '../core/retry-after.ts'
import { askedWait, parseReset } from './asked-wait.ts'
import { parseItemDictionary, parseItemList } from './structured-fields.ts'

const NOW = Date.UTC(2026, 10, 18, 12, 0, 0)
const EPOCH = NOW / 1_000
const all = { respectRetryAfter: true, resetHeaders: true }
const asked = (headers: Record<string, string>, status = 429, heard = all) => askedWait({ status, headers }, heard, NOW)

describe('Retry-After', () => {
  it('is read as seconds and as an HTTP date', ({ expect }) => {
    expect(parseRetryAfter('3', NOW)).toBe(3_000)
    expect(parseRetryAfter(' 120 ', NOW)).toBe(120_000)
    expect(parseRetryAfter('Wed, 18 Nov 2026 12:00:30 GMT', NOW)).toBe(30_000)
    expect(parseRetryAfter('Wednesday, 18-Nov-26 12:00:30 GMT', NOW)).toBe(30_000)
    expect(parseRetryAfter('Wed, 18 Nov 2020 12:00:30 GMT', NOW)).toBe(0)
    for (const wrong of ['', 'soon', '-1', '1.5', '12e3', '99999999999', 'Wed, 99 Nov 2026']) {
      expect(parseRetryAfter(wrong, NOW)).toBeUndefined()
    }
  })

  it('goes before every other header, and is not heard where the policy says so', ({ expect }) => {
    const both = { 'retry-after': '7', ratelimit: '"default";r=0;t=30' }
    expect(asked(both)).toBe(7_000)
    expect(asked(both, 429, { ...all, respectRetryAfter: false })).toBe(30_000)
    expect(asked({ ...both, 'retry-after': 'soon' })).toBe(30_000)
    expect(asked({ 'ratelimit-reset': '30' }, 429, { ...all, resetHeaders: false })).toBeUndefined()
  })
})

describe('reset headers', () => {
  it('are heard when nothing remains, or the answer says that it is about a limit', ({ expect }) => {
    expect(asked({ 'ratelimit-reset': '30' }, 503)).toBe(30_000)
    expect(asked({ 'ratelimit-reset': '30' }, 500)).toBeUndefined()
    expect(asked({ 'ratelimit-reset': '30', 'ratelimit-remaining': '5' }, 500)).toBeUndefined()
    expect(asked({ 'ratelimit-reset': '30', 'ratelimit-remaining': '0' }, 403)).toBe(30_000)
    expect(asked({ 'x-ratelimit-reset': `${EPOCH + 60}`, 'x-ratelimit-remaining': ' 0 ' }, 403)).toBe(60_000)
    expect(asked({ ratelimit: '"default";r=0;t=30' }, 500)).toBe(30_000)
    expect(asked({ ratelimit: '"default";r=1;t=30' }, 500)).toBeUndefined()
  })

  it('are believed in this order: RateLimit, RateLimit-Reset, X-RateLimit-Reset-After, X-RateLimit-Reset', ({ expect }) => {
    const headers: Record<string, string> = {
      ratelimit: '"default";r=0;t=1',
      'ratelimit-reset': '2',
      'x-ratelimit-reset-after': '2.5',
      'x-ratelimit-reset': `${EPOCH + 4}`,
    }
    const waits = Object.keys(headers).map((name) => {
      const wait = asked(headers)
      delete headers[name]
      return wait
    })
    expect(waits).toEqual([1_000, 2_000, 2_500, 4_000])
    expect(asked({})).toBeUndefined()
  })

  it('RateLimit: of several limits the one with the least left holds, of those the last to begin anew', ({ expect }) => {
    expect(asked({ ratelimit: '"second";r=0;t=1, "day";r=4000;t=40000' })).toBe(1_000)
    expect(asked({ ratelimit: '"second";r=0;t=1, "hour";r=0;t=1800' })).toBe(1_800_000)
    expect(asked({ ratelimit: '"default";r=0;t=30;pk=:YQ==:' })).toBe(30_000)
    expect(asked({ ratelimit: '"default";r=0' })).toBeUndefined()
    expect(asked({ ratelimit: 'limit=10, remaining=0, reset=30' }, 500)).toBe(30_000)
    expect(asked({ ratelimit: 'r=0;t=30 nonsense', 'ratelimit-reset': '9' })).toBe(9_000)
  })
})

describe('when a limit begins anew', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['60', 60_000],
    ['1.337', 1_337],
    [`${EPOCH + 90}`, 90_000],
    [`${EPOCH + 90}.25`, 90_250],
    [`${EPOCH - 90}`, 0],
    [`${NOW + 1_500}`, 1_500],
    [`${NOW + 1_500}000`, 1_500],
    ['31536000', 31_536_000_000],
    ['500000000', undefined],
    ['2026-11-18T12:01:00Z', 60_000],
    ['2026-11-18T14:01:00+02:00', 60_000],
    ['2026-11-18 12:01:00', 60_000],
    ['Wed, 18 Nov 2026 12:01:00 GMT', 60_000],
    ['Wed, 18 Nov 2020 12:01:00 GMT', 0],
    ['', undefined],
    ['-5', undefined],
    ['never', undefined],
    ['1m30s', undefined],
    ['2026', 2_026_000],
    ['9'.repeat(40), undefined],
  ]
  for (const [header, wait] of cases) {
    it(`“${header.slice(0, 30)}” is ${wait ?? 'not read'}`, ({ expect }) => {
      expect(parseReset(header, NOW)).toBe(wait)
    })
  }
})

describe('structured fields', () => {
  it('are lists of items with parameters', ({ expect }) => {
    const items = parseItemList(' "a \\"quoted\\" \\\\ one";r=0;flag;t=1.5;n=-2 ,\t tok:en/x;on=?1;off=?0;at=@1700000000, 7 ')
    expect(items?.map(({ value }) => value)).toEqual(['a "quoted" \\ one', 'tok:en/x', 7])
    expect([...(items?.[0]?.params ?? [])]).toEqual([
      ['r', 0],
      ['flag', true],
      ['t', 1.5],
      ['n', -2],
    ])
    expect([...(items?.[1]?.params ?? [])]).toEqual([
      ['on', true],
      ['off', false],
      ['at', 1_700_000_000],
    ])
  })

  it('are dictionaries, of whose keys the last counts', ({ expect }) => {
    const items = parseItemDictionary('limit=10, remaining=1;w=60, flag, remaining=0')
    expect([...(items ?? [])].map(([key, { value }]) => [key, value])).toEqual([
      ['limit', 10],
      ['remaining', 0],
      ['flag', true],
    ])
    expect(['', '=1', 'a=', 'a=1,', 'A=1', 'a=1 b=2'].filter((text) => parseItemDictionary(text))).toEqual([])
  })

  it('are nothing when any part is wrong', ({ expect }) => {
    const wrong = [
      '',
      '"open',
      'a,',
      ',a',
      'a b',
      '"a"r=0',
      '"a";R=0',
      '"a";r=',
      '1.',
      '1.2345',
      '1234567890123456',
      '?2',
      '@x',
      '(a b)',
      ':YQ==',
      '"ä"',
      '-',
      '"\\n"',
      'a;;b',
      `"${'x'.repeat(5_000)}"`,
    ]
    expect(wrong.filter((text) => parseItemList(text))).toEqual([])
  })
})
