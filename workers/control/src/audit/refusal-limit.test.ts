import { describe, it } from 'vitest'
import { RefusalLimit, ROWS_PER_MINUTE } from './refusal-limit.ts'

const MINUTE = 60_000

describe('refusals of known people', () => {
  it('get one row a minute for the same thing, and the next row tells how many had none', ({ expect }) => {
    const limit = new RefusalLimit()
    expect(limit.admit('a', 'PUT /x', 0)).toBe(0)
    expect(limit.admit('a', 'PUT /x', 1)).toBeUndefined()
    expect(limit.admit('a', 'PUT /x', MINUTE - 1)).toBeUndefined()
    expect(limit.admit('a', 'PUT /y', MINUTE - 1)).toBe(2)
    expect(limit.admit('a', 'PUT /x', MINUTE)).toBe(0)
    expect(limit.admit('b', 'PUT /x', 1)).toBe(0)
  })

  it('are bounded, whatever somebody thinks of', ({ expect }) => {
    const limit = new RefusalLimit()
    const flood = Array.from({ length: 10_000 }, (_, n) => limit.admit('a', `PUT /${n}`, n % MINUTE))
    expect(flood.filter((one) => one !== undefined)).toHaveLength(ROWS_PER_MINUTE)
    expect(limit.admit('b', 'PUT /1', 10)).toBe(0)
    expect(limit.admit('a', 'PUT /1', MINUTE)).toBe(10_000 - ROWS_PER_MINUTE)
  })
})
