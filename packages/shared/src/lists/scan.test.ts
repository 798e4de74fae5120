import { describe, it } from 'vitest'
import { decodeCursor, encodeCursor, positionOf } from './cursor.ts'
import { scan, type ScanSource } from './scan.ts'
import * as z from 'zod'

/** A shard of `size` rows, keys downwards from `size`; every `every`th is a hit. */
function source(size: number, every: number) {
  const looks: number[] = []
  const rows: ScanSource<string, number> = {
    async look(after, limit) {
      looks.push(limit)
      const start = after === null ? size : after - 1
      return Array.from({ length: Math.max(0, Math.min(limit, start)) }, (_, i) => ({
        key: start - i,
        hit: (start - i) % every === 0,
      }))
    },
    fetch: async (keys) => keys.map((key) => ({ key, item: `row ${key}` })),
  }
  return { rows, looks }
}

describe('looking for rows that no index leads to', () => {
  it('stops as soon as it has enough', async ({ expect }) => {
    const { rows, looks } = source(1_000, 2)
    const page = await scan(rows, { after: null, want: 10, budget: 1_000 })
    expect(page.found.map((one) => one.key)).toEqual([1_000, 998, 996, 994, 992, 990, 988, 986, 984, 982])
    expect(page).toMatchObject({ stoppedAt: null, scanned: 50 })
    expect(looks).toEqual([10, 40])
  })

  it('stops at its budget and says where', async ({ expect }) => {
    const { rows } = source(5_000, 4_000)
    const page = await scan(rows, { after: null, want: 10, budget: 1_000 })
    expect(page).toEqual({ found: [], scanned: 1_000, stoppedAt: 4_001 })
    const next = await scan(rows, { after: 4_001, want: 10, budget: 1_000 })
    expect(next.found.map((one) => one.key)).toEqual([4_000])
  })

  it('ends with the rows', async ({ expect }) => {
    const { rows } = source(30, 10)
    expect(await scan(rows, { after: null, want: 10, budget: 1_000 })).toMatchObject({ stoppedAt: null, scanned: 30 })
    expect(await scan(source(0, 1).rows, { after: null, want: 1, budget: 1 })).toEqual({ found: [], scanned: 0, stoppedAt: null })
  })
})

describe('a cursor', () => {
  const schema = positionOf(z.tuple([z.int(), z.string()]))

  it('comes back as it went, and needs no escaping in a URL', ({ expect }) => {
    const position = { shard: 1, key: [5, 'ü?>~'] as [number, string] }
    const text = encodeCursor(position)
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(decodeCursor(text, schema)).toEqual(position)
    expect(decodeCursor(undefined, schema)).toBeNull()
  })

  it('of another kind is refused', ({ expect }) => {
    for (const text of ['', '%', 'e30', encodeCursor({ shard: 1, key: 'x' }), encodeCursor({ shard: 100, key: [1, ''] })]) {
      expect(() => decodeCursor(text, schema), text).toThrow('The cursor is not one')
    }
  })
})
