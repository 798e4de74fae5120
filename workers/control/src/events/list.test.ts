import { attemptJson, eventRow, insertRows } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import { countingShard } from '../testing/counting-shard.ts'
import { bindings } from '../testing/harness.ts'
import { eventsQuery, listEvents } from './list.ts'

const db = bindings.DATA_00
const { shard, takeRowsRead } = countingShard(db, 0)
const deps = { liveShards: async () => [shard], shardOf: () => shard }
const list = (query: object) => listEvents(deps, eventsQuery.parse({ limit: 5, ...query }))

/** Calls of `/execute` that went well, which carry no event: from one sequence to another. */
const CALLS = `WITH RECURSIVE r(n) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT n + 1 FROM r WHERE n < ?2)
  INSERT INTO events (seq, at, kind, connector, trace, attempt, events) SELECT n, n, 'attempt', 'billing', 't', ?3, '[]' FROM r`
const calls = (from: number, to: number) => db.prepare(CALLS).bind(from, to, attemptJson(1, false)).run()
const queued = (seq: number) => eventRow(seq, { at: seq, events: JSON.stringify([{ type: 'job.queued', data: {} }]) })

describe('events among very many calls that carry none', () => {
  beforeAll(async () => {
    await calls(1_001, 2_500)
    await insertRows(db, 'events', ...[2_501, 2_502, 2_503].map(queued))
    await calls(2_504, 12_000)
  })

  it('are all found, page by page, none of which looks at more than a thousand rows', async ({ expect }) => {
    const found: string[] = []
    let pages = 0
    for (let cursor: string | null | undefined; cursor !== null; pages++) {
      takeRowsRead()
      const page = await list(cursor ? { cursor } : {})
      // Those, and a look at either end of the log.
      expect(takeRowsRead()).toBeLessThanOrEqual(1_005)
      expect(page.scanned).toBeLessThanOrEqual(1_000)
      found.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(found).toHaveLength(3)
    expect(new Set(found).size).toBe(3)
    expect(pages).toBe(11)
  })

  it('are found at once by their time', async ({ expect }) => {
    const at = (ms: number) => new Date(ms).toISOString()
    const page = await list({ from: at(2_400), to: at(2_600) })
    expect([page.items.length, page.scanned, page.nextCursor]).toEqual([3, 200, null])
    expect((await list({ from: at(20_000) })).items).toEqual([])
  })
})
