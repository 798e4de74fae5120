import { env } from 'cloudflare:workers'
import { beforeAll, describe, it } from 'vitest'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { MAX_SCANNED, type Page } from '@orchestrator/shared/lists/walk-shards'
import { attemptsQuery, listAttempts } from '../attempts/list.ts'
import { deadLettersQuery, listDeadLetters } from '../dead-letters/list.ts'
import { eventsQuery, listEvents } from '../events/list.ts'
import { inboxQuery, listInbox } from '../inbox/list.ts'
import { jobsQuery, listJobs } from '../jobs/list.ts'
import { configContent } from '../testing/harness.ts'
import { countingShard } from '../testing/counting-shard.ts'
import { growTables, PERIOD, timeCharacters } from '../testing/many-rows.ts'

const { DATA_00, TEST_LIST_ROWS } = env as unknown as { DATA_00: D1Database; TEST_LIST_ROWS: string }
/** `pnpm test:lists` asks for a million. */
const ROWS = Number(TEST_LIST_ROWS)
const FEW_ROWS = 10_000
const LIMIT = 50

const { shard, takeRowsRead } = countingShard(DATA_00, 0)
const deps = {
  liveShards: async () => [shard],
  shardOf: () => shard,
  config: async () => ({ ...configContent, revision: 1, publishedAt: 1 }) as ConfigSnapshot,
}

const lists = {
  inbox: (query: object) => listInbox(deps, inboxQuery.parse({ limit: LIMIT, ...query })),
  jobs: (query: object) => listJobs(deps, jobsQuery.parse({ limit: LIMIT, ...query })),
  attempts: (query: object) => listAttempts(deps, attemptsQuery.parse({ limit: LIMIT, ...query })),
  events: (query: object) => listEvents(deps, eventsQuery.parse({ limit: LIMIT, ...query })),
  'dead-letters': (query: object) => listDeadLetters(deps, deadLettersQuery.parse({ limit: LIMIT, ...query })),
} satisfies Record<string, (query: object) => Promise<Page<unknown>>>

type Case = [list: keyof typeof lists, query: (rows: number) => Record<string, string>]
const job = (n: number) => `job_00${timeCharacters(n)}${String(n).padStart(16, '0')}`
const webhook = (n: number) => job(n).replace('job', 'whk')
const loggedAt = (n: number) => new Date(n * 10).toISOString()
const diedAt = (n: number) => new Date(n).toISOString()
/** The time that an id tells, whose digits are base 32. */
const atId = (n: number) =>
  new Date(Array.from(timeCharacters(n)).reduce((ms, digit) => ms * 32 + Number(digit), 0)).toISOString()

/** An index leads to every row of the page. */
const INDEXED: Case[] = [
  ['inbox', () => ({})],
  ['inbox', (rows) => ({ from: atId(rows - 3_000), to: atId(rows - 1_000) })],
  ['jobs', () => ({})],
  ['jobs', (rows) => ({ to: atId(rows / 2) })],
  ['jobs', () => ({ client: 'shop' })],
  ['jobs', (rows) => ({ inboxId: webhook(rows - 7) })],
  ['attempts', (rows) => ({ jobId: job(rows) })],
  ['attempts', () => ({ connector: 'billing', failed: 'true' })],
  ['events', () => ({})],
  ['events', (rows) => ({ from: loggedAt(rows - 3_000), to: loggedAt(rows - 1_000) })],
  ['events', (rows) => ({ jobId: job(rows) })],
  ['events', (rows) => ({ inboxId: webhook(rows) })],
  ['dead-letters', () => ({})],
  ['dead-letters', () => ({ status: 'open' })],
  ['dead-letters', () => ({ status: 'open', connector: 'billing' })],
  ['dead-letters', () => ({ status: 'open', fingerprint: 'f2' })],
  ['dead-letters', () => ({ from: diedAt(2_000), to: diedAt(8_000) })],
  ['dead-letters', () => ({ status: 'open', fingerprint: 'f2', to: diedAt(8_000) })],
]

/** No index has it: a page looks at no more than a thousand rows, and says how many. */
const SCANNED: Case[] = [
  ['inbox', () => ({ provider: 'rare' })],
  ['inbox', () => ({ provider: 'nobody' })],
  ['inbox', () => ({ status: 'ignored', type: 'invoice.paid' })],
  ['jobs', () => ({ connector: 'rare' })],
  ['jobs', () => ({ queue: 'low' })],
  ['jobs', () => ({ status: 'dead' })],
  ['attempts', () => ({})],
  ['attempts', (rows) => ({ from: loggedAt(rows - 3_000), to: loggedAt(rows - 1_000) })],
  ['attempts', () => ({ connector: 'billing', failed: 'true', client: 'nobody' })],
  ['attempts', () => ({ connector: 'shop' })],
  ['attempts', () => ({ failed: 'true' })],
  ['events', () => ({ type: 'job.dead' })],
  ['events', () => ({ type: 'breaker.opened' })],
  ['dead-letters', () => ({ class: 'poison' })],
  ['dead-letters', () => ({ queue: 'critical' })],
  ['dead-letters', () => ({ status: 'open', error: 'STATUS' })],
  ['dead-letters', () => ({ status: 'open', connector: 'billing', provider: 'nobody' })],
]

interface Measured {
  name: string
  rowsRead: number
  items: number
  scanned: number | undefined
}

/** The newest page and the one after it. */
async function measure([list, query]: Case, rows: number): Promise<Measured[]> {
  const asked = query(rows)
  const pages: Measured[] = []
  let cursor: string | null = null
  for (const number of [1, 2]) {
    takeRowsRead()
    const page: Page<unknown> = await lists[list]({ ...asked, ...(cursor ? { cursor } : {}) })
    const name = `${list} by ${Object.keys(asked).join(', ') || 'nothing'}, page ${number}`
    pages.push({ name, rowsRead: takeRowsRead(), items: page.items.length, scanned: page.scanned })
    cursor = page.nextCursor
    if (cursor === null) break
  }
  return pages
}

async function measureAll(rows: number): Promise<Measured[]> {
  const found: Measured[] = []
  for (const one of [...INDEXED, ...SCANNED]) found.push(...(await measure(one, rows)))
  return found
}

describe(`lists of ${ROWS.toLocaleString('en')} rows`, () => {
  let few: Measured[] = []
  let many: Measured[] = []
  beforeAll(async () => {
    await growTables(DATA_00, 0, FEW_ROWS)
    few = await measureAll(FEW_ROWS)
    await growTables(DATA_00, FEW_ROWS, ROWS)
    many = await measureAll(ROWS)
  }, 600_000)

  it('read as many rows a page as lists of ten thousand', ({ expect }) => {
    expect(ROWS % PERIOD).toBe(0)
    // A range of time is found by halving: a look more at each end each time that the rows double, and three in the log.
    const looks = (name: string) => (/^(?:attempts|events) /.test(name) ? 6 : 2)
    const halving = (name: string) =>
      name.includes('from') || name.includes(' to') ? looks(name) * Math.ceil(Math.log2(ROWS / FEW_ROWS)) : 0
    expect(many.map(({ name }) => name)).toEqual(few.map(({ name }) => name))
    for (const [i, { name, rowsRead }] of many.entries()) {
      expect(Math.abs(rowsRead - (few[i]?.rowsRead ?? 0)), name).toBeLessThanOrEqual(halving(name))
    }
  })

  it('read at most four times the rows of a page where an index leads to them', async ({ expect }) => {
    for (const one of INDEXED) {
      for (const { name, rowsRead, scanned } of await measure(one, ROWS)) {
        expect(rowsRead, name).toBeLessThanOrEqual(4 * LIMIT)
        expect(scanned, name).toBeUndefined()
      }
    }
  })

  it('look at no more than a thousand rows for a page where none does, and say how many', async ({ expect }) => {
    for (const one of SCANNED) {
      for (const { name, rowsRead, scanned } of await measure(one, ROWS)) {
        expect(scanned, name).toBeLessThanOrEqual(MAX_SCANNED)
        // Those, and what is shown.
        expect(rowsRead, name).toBeLessThanOrEqual(MAX_SCANNED + 4 * LIMIT)
      }
    }
  })

  it('find something', async ({ expect, annotate }) => {
    const told = many.map(
      ({ name, rowsRead, items, scanned }) => `${name}: ${items} items, ${rowsRead} rows read, ${scanned ?? 'none'} scanned`,
    )
    await annotate(told.join('\n'))
    expect(many.filter(({ name, items }) => name.endsWith('page 1') && items === 0).map(({ name }) => name)).toEqual([
      'inbox by provider, page 1',
      'attempts by connector, failed, client, page 1',
      'events by type, page 1',
      'dead-letters by queue, page 1',
      'dead-letters by status, connector, provider, page 1',
    ])
  })
})
