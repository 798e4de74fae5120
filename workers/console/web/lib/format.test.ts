import { describe, it } from 'vitest'
import {
  formatAbsolute,
  formatBytes,
  formatCapped,
  formatClock,
  formatDuration,
  formatRelative,
  formatValue,
  formatVerificationFact,
  humanizeKey,
  shortenId,
  traceIdOf,
} from './format.ts'

describe('a duration', () => {
  it.for([
    [0, '0 ms'],
    [0.42, '0.4 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_449, '1.4 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h'],
    [11_400_000, '3 h 10 min'],
    [86_399_999, '1 d'],
    [187_200_000, '2 d 4 h'],
  ] as const)('of %d ms reads %s', ([ms, text], { expect }) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('that makes no sense is a dash', ({ expect }) => {
    expect(formatDuration(Number.NaN)).toBe('–')
    expect(formatDuration(-1)).toBe('–')
  })
})

describe('a time relative to now', () => {
  const now = Date.parse('2026-11-23T12:00:00.000Z')

  it.for([
    ['2026-11-23T11:59:59.000Z', 'just now'],
    ['2026-11-23T12:00:01.500Z', 'just now'],
    ['2026-11-23T11:59:15.000Z', '45 s ago'],
    ['2026-11-23T11:55:01.000Z', '4 min ago'],
    ['2026-11-23T09:00:00.000Z', '3 h ago'],
    ['2026-11-20T12:00:00.000Z', '3 d ago'],
    ['2026-11-23T12:00:04.000Z', 'in 4 s'],
    ['2026-11-23T14:30:00.000Z', 'in 2 h'],
    ['nonsense', '–'],
  ] as const)('%s reads %s', ([time, text], { expect }) => {
    expect(formatRelative(time, now)).toBe(text)
  })
})

describe('an absolute time', () => {
  it('is whole, with milliseconds and zone', ({ expect }) => {
    expect(formatAbsolute('2026-11-23T20:41:07.123Z', 'UTC')).toBe('23 Nov 2026, 20:41:07.123 UTC')
    expect(formatAbsolute('2026-11-23T20:41:07.123Z', 'Asia/Tokyo')).toBe('24 Nov 2026, 05:41:07.123 GMT+9')
  })

  it('has a short form of the day, and stays as it is when it cannot be read', ({ expect }) => {
    expect(formatClock('2026-11-23T20:41:07.123Z', 'UTC')).toBe('20:41:07.123')
    expect(formatClock('soon')).toBe('soon')
    expect(formatAbsolute('soon')).toBe('soon')
  })
})

describe('ids', () => {
  it('are shortened to where they differ, and keep the generation of a dead letter', ({ expect }) => {
    expect(shortenId('job_0001KAR7Q8Z2WQ4J5V6X7K2QF3XA')).toBe('job_…7K2QF3XA')
    expect(shortenId('job_0001KAR7Q8Z2WQ4J5V6X7K2QF3XA.2')).toBe('job_…7K2QF3XA.2')
  })

  it('that are short stay whole', ({ expect }) => {
    expect(shortenId('evt_00.123.0')).toBe('evt_00.123.0')
  })

  it('of traces are taken out of a traceparent', ({ expect }) => {
    expect(traceIdOf('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
    expect(traceIdOf('something else')).toBe('something else')
  })
})

describe('other values', () => {
  it('show sizes in the unit that fits', ({ expect }) => {
    expect([812, 1_024, 6_300, 26_214_400].map(formatBytes)).toEqual(['812 B', '1 KB', '6.2 KB', '25 MB'])
  })

  it('show a capped count as at least so many', ({ expect }) => {
    expect(formatCapped(1_000, true)).toBe('1,000+')
    expect(formatCapped(7, false)).toBe('7')
  })

  it('turn names of fields into words with their unit', ({ expect }) => {
    expect(humanizeKey('signatureAgeMs')).toBe('Signature age (ms)')
    expect(humanizeKey('tolerance_seconds')).toBe('Tolerance (s)')
    expect(humanizeKey('scheme')).toBe('Scheme')
  })

  it('show the time of a signature as a time, other facts as they are', ({ expect }) => {
    expect(formatVerificationFact('timestamp', 1_795_466_467, 'UTC')).toBe('23 Nov 2026, 20:41:07.000 UTC')
    expect(formatVerificationFact('timestamp', null)).toBe('–')
    expect(formatVerificationFact('secret', 'current')).toBe('current')
  })

  it('show any value of JSON as one line', ({ expect }) => {
    expect([null, undefined, '', true, 3, ['a']].map(formatValue)).toEqual(['–', '–', '(empty)', 'yes', '3', '["a"]'])
  })
})
