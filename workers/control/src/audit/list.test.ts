import { beforeAll, describe, it } from 'vitest'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import { MAX_SCANNED } from '@orchestrator/shared/lists/walk-shards'
import { countingShard } from '../testing/counting-shard.ts'
import { bindings } from '../testing/harness.ts'
import { auditQuery, listAudit } from './list.ts'

const db = bindings.CONTROL_DB
const { shard, takeRowsRead } = countingShard(db, 0)
const deps = { control: <T>(work: (db: D1Database) => Promise<T>) => shard.read(work) }
const list = (query: object) => listAudit(deps, auditQuery.parse(query))

const SECOND = 1_000
const START = Date.parse('2026-11-01T00:00:00Z')
const time = (seq: number) => new Date(START + seq * SECOND).toISOString()
const ACTIONS = ['created', 'updated', 'enabled', 'disabled', 'deleted', 'tested', 'paused', 'resumed'].map(
  (one) => `provider.${one}`,
)

/** Rows of many months: what is looked for is spread evenly. Nothing here looks at hashes. */
async function grow(from: number, to: number): Promise<void> {
  const sql = `WITH RECURSIVE n(i) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO audit_log (seq, at, actor_kind, actor_id, role, door, action, target, reason, request_id, prev_hash, hash, "after", impersonation)
    SELECT i, ?3 + i * 1000 - (i % 7 = 0) * 3000, 'user', 'person-' || (i % 10), 'admin', 'console',
      CASE WHEN i % 3 = 0 THEN 'secret.rotated' ELSE json_extract(?4, '$[' || (i % 8) || ']') END, 'provider:p' || (i % 20),
      iif(i % 500 = 0, 'Needle in a Haystack, ÄRGER', 'because'), 'req', '', '', '{"n":' || i || '}', iif(i % 400 = 0, 'imp_1', NULL) FROM n`
  for (let first = from; first <= to; first += 5_000) {
    await db
      .prepare(sql)
      .bind(first, Math.min(to, first + 4_999), START, JSON.stringify(ACTIONS))
      .run()
  }
}

const FEW = 2_000
const MANY = 20_000
const LIMIT = 50

/** An index leads to every row of the page. */
const INDEXED: [name: string, query: (rows: number) => object, isHit: (entry: AuditEntry) => boolean][] = [
  ['nothing', () => ({}), () => true],
  ['actor', () => ({ actor: 'person-3' }), (entry) => entry.actor.id === 'person-3'],
  ['action', () => ({ action: 'provider.updated' }), (entry) => entry.action === 'provider.updated'],
  ['all actions on something', () => ({ action: 'provider.*' }), (entry) => entry.action.startsWith('provider.')],
  ['target', () => ({ target: 'provider:p7' }), (entry) => entry.target === 'provider:p7'],
  [
    'time',
    (rows) => ({ from: time(rows / 4), to: time(rows / 2) }),
    (entry) => entry.at >= time(FEW / 4) && (entry.at < time(FEW / 2) || entry.seq > FEW),
  ],
]
/** Looked at row by row, along an index where one helps. */
const SCANNED: [name: string, query: object, isHit: (entry: AuditEntry) => boolean][] = [
  ['text', { text: 'needle IN a' }, (entry) => entry.seq % 500 === 0],
  ['text beyond ASCII', { text: 'ärger' }, (entry) => entry.seq % 500 === 0],
  ['text of what changed', { text: '"n":39' }, (entry) => JSON.stringify(entry.after).includes('"n":39')],
  ['impersonation', { impersonation: 'imp_1' }, (entry) => entry.impersonation === 'imp_1'],
  ['any impersonation', { impersonation: 'any' }, (entry) => entry.impersonation !== null],
  ['a beginning of targets', { target: 'provider:p1*' }, (entry) => entry.target.startsWith('provider:p1')],
  ['actor and action', { actor: 'person-3', action: 'secret.rotated' }, (entry) => entry.seq % 30 === 3],
  ['target and time', { target: 'provider:p7', from: time(500), to: time(1_500) }, (entry) => entry.seq % 20 === 7],
]

async function all(query: object, limit = 200) {
  const pages = []
  for (let cursor: string | undefined; ;) {
    const page = await list({ ...query, limit, ...(cursor ? { cursor } : {}) })
    pages.push(page)
    if (page.nextCursor === null) return { items: pages.flatMap((one) => one.items), pages }
    cursor = page.nextCursor
  }
}

describe('the audit log by a filter', () => {
  beforeAll(() => grow(1, FEW))

  it('has every entry once, newest first, whatever the size of a page', async ({ expect }) => {
    const everything = (await all({})).items
    expect(everything.map(({ seq }) => seq)).toEqual(Array.from({ length: FEW }, (_, i) => FEW - i))
    for (const [name, query, isHit] of INDEXED) {
      const expected = everything.filter(isHit).map(({ seq }) => seq)
      const { items, pages } = await all(query(FEW), 167)
      // By time they come in the order of their time, which is not quite that of the log.
      const sorted = items.map(({ seq }) => seq).toSorted((a, b) => b - a)
      expect(sorted, name).toEqual(expected)
      expect(
        items.map(({ at }) => at),
        name,
      ).toEqual(
        name === 'time'
          ? items
              .map(({ at }) => at)
              .toSorted()
              .toReversed()
          : expect.anything(),
      )
      expect(
        pages.every((page) => page.scanned === undefined),
        name,
      ).toBe(true)
    }
    for (const [name, query, isHit] of SCANNED) {
      const timed = 'from' in query
      const expected = everything.filter(isHit).filter(({ at }) => !timed || (at >= time(500) && at < time(1_500)))
      const { items, pages } = await all(query, 90)
      expect(
        items.map(({ seq }) => seq),
        name,
      ).toEqual(expected.map(({ seq }) => seq))
      expect(expected.length, name).toBeGreaterThan(3)
      expect(
        pages.every((page) => (page.scanned ?? Infinity) <= MAX_SCANNED),
        name,
      ).toBe(true)
    }
    expect((await all({ action: 'webhook.*' })).items).toEqual([])
    expect((await all({ text: '100% _' })).items).toEqual([])
  }, 30_000)

  it('reads as many rows for a page of many as of few, and no more than four times what it shows', async ({ expect }) => {
    const measure = async (rows: number) => {
      const read: Record<string, number> = {}
      for (const [name, query] of INDEXED) {
        takeRowsRead()
        const first = await list({ ...query(rows), limit: LIMIT })
        expect(first.items, name).toHaveLength(LIMIT)
        const second = await list({ ...query(rows), limit: LIMIT, cursor: first.nextCursor })
        expect(second.items, name).toHaveLength(LIMIT)
        read[name] = takeRowsRead() / 2
      }
      for (const [name, query] of SCANNED) {
        takeRowsRead()
        const { scanned } = await list({ ...query, text: 'not there', limit: LIMIT })
        const most = takeRowsRead()
        expect(most, name).toBeLessThanOrEqual(MAX_SCANNED + 5)
        read[`${name}, scanned`] = scanned ?? 0
      }
      return read
    }
    const few = await measure(FEW)
    await grow(FEW + 1, MANY)
    const many = await measure(MANY)
    for (const [name] of INDEXED) expect(many[name], name).toBeLessThanOrEqual(4 * LIMIT)
    const isIndexed = ([name]: [string, number]) => !name.endsWith('scanned')
    expect(Object.entries(many).filter(isIndexed)).toEqual(Object.entries(few).filter(isIndexed))
    expect(many).toMatchObject({ 'text, scanned': MAX_SCANNED, 'any impersonation, scanned': MAX_SCANNED })
  }, 30_000)
})
