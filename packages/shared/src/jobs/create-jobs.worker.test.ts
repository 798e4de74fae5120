import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { LogEvent } from '../contracts/events.ts'
import { JOB_COLUMNS, selectList } from '../db/columns.ts'
import type { JobRow } from '../db/data-schema.ts'
import { testId } from '../testing/data-rows.ts'
import { countingRows } from '../testing/ordered-jobs.ts'
import { type CreatedJob, createJobs, type Creation, type CreationKey, findCreation } from './create-jobs.ts'
import { newJobRow } from './new-row.ts'
import { PLACES_PER_BATCH } from './ordering.ts'
import { clientOrderingKey } from './ordering-key.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 1_800_000_000_000
const GRACE_MS = 15_000

function newJob(changes: Partial<Parameters<typeof newJobRow>[0]> = {}): CreatedJob {
  const row = newJobRow(
    {
      id: testId('job'),
      state: 'queued',
      queue: 'default',
      inboxId: null,
      provider: null,
      route: null,
      connector: 'billing',
      operation: 'echo',
      input: '{"a":1}',
      configRevision: 1,
      policy: null,
      orderingKey: null,
      dueAt: NOW,
      createdAt: NOW,
      trace: 'trace',
      client: 'shop',
      callback: null,
      parentId: null,
      resultTtlMs: 1_000,
      inputKey: null,
      onDeath: 'release',
      ...changes,
    },
    { now: NOW, resendGraceMs: GRACE_MS },
  )
  return { ...row, client: 'shop' }
}

function newKey(changes: Partial<CreationKey> = {}): CreationKey {
  const owner = crypto.randomUUID()
  const answer = { status: 202, headers: {}, body: { kind: 'text' as const, text: `{"of":"${owner}"}` } }
  const rest = { fingerprint: 'f1', requestId: `req-${owner}`, expiresAt: NOW + 60_000 }
  return { client: 'shop', key: owner, owner, ...rest, answer, ...changes }
}

const creation = (jobs: readonly CreatedJob[], key: CreationKey | null = null, now = NOW): Creation => ({
  jobs,
  trace: 'trace',
  now,
  key,
})

async function readJobs(jobs: readonly CreatedJob[]): Promise<JobRow[]> {
  const sql = `SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`
  const ids = JSON.stringify(jobs.map(({ id }) => id))
  return (await db.prepare(sql).bind(ids).all<JobRow>()).results
}

describe('jobs of a client', () => {
  it('stand in the database as they were asked for, with one event row, 3 rows written each', async ({ expect }) => {
    const jobs = [newJob(), newJob({ state: 'scheduled', dueAt: NOW + 60_000, input: 'null' }), newJob({ queue: 'low' })]
    const counting = countingRows(db)
    expect(await createJobs(counting.db, creation(jobs))).toEqual({ kind: 'created' })
    expect(counting.take()).toBe(1 + 3 * 3)
    const rows = await readJobs(jobs)
    expect(rows).toEqual(jobs.map((job) => ({ ...job, n: null, log: rows[0]?.log })))
    expect(rows.map(({ wakeAt }) => wakeAt)).toEqual([NOW + GRACE_MS, NOW + 75_000, NOW + GRACE_MS])
    const seq = (JSON.parse(rows[0]?.log ?? '[]') as number[])[0]
    const event = await db.prepare('SELECT at, trace, events FROM events WHERE seq = ?').bind(seq).first()
    expect(event).toMatchObject({ at: NOW, trace: 'trace' })
    const events = JSON.parse(String(event?.['events'])) as LogEvent[]
    expect(events.map(({ type, jobId }) => [type, jobId])).toEqual([
      ['job.queued', jobs[0]?.id],
      ['job.scheduled', jobs[1]?.id],
      ['job.queued', jobs[2]?.id],
    ])
    expect(events[1]?.data).toMatchObject({ client: 'shop', connector: 'billing', delayMs: 60_000 })
  })

  it('are made once, however often the batch is repeated', async ({ expect }) => {
    const same = creation([newJob(), newJob()], newKey())
    const counting = countingRows(db)
    await createJobs(counting.db, same)
    expect(counting.take()).toBe(1 + 1 + 2 * 3)
    expect(await createJobs(counting.db, same)).toEqual({ kind: 'created' })
    expect(counting.take()).toBe(0)
  })

  it('of one ordering key keep the order of the request, also across parameters of a batch', async ({ expect }) => {
    const orderingKey = clientOrderingKey('shop', crypto.randomUUID())
    const large = JSON.stringify('"'.repeat(30_000))
    const jobs = Array.from({ length: 25 }, () => newJob({ orderingKey, input: large, onDeath: 'block' }))
    const counting = countingRows(db)
    await createJobs(counting.db, creation(jobs))
    expect(counting.take()).toBe(1 + 25 * 4)
    const rows = await readJobs(jobs)
    expect(new Set(rows.map(({ log }) => log)).size).toBe(1)
    const seq = (JSON.parse(rows[0]?.log ?? '[]') as number[])[0] ?? 0
    expect(rows.map(({ n }) => n)).toEqual(jobs.map((_, i) => seq * PLACES_PER_BATCH + i))
    expect(rows[24]).toMatchObject({ input: large, onDeath: 'block', orderingKey })
  })
})

describe('an Idempotency-Key', () => {
  it('lets one of many make its jobs; the others get its answer, or learn that the key is taken', async ({ expect }) => {
    const first = newKey()
    const tries = Array.from({ length: 20 }, (_, i) =>
      creation([newJob(), newJob()], newKey({ key: first.key, fingerprint: i % 2 ? 'f1' : 'f2' })),
    )
    const outcomes = await Promise.all(tries.map((one) => createJobs(db, one)))
    const winner = outcomes.findIndex(({ kind }) => kind === 'created')
    const [won, others] = [tries[winner], outcomes.filter((_, i) => i !== winner)]
    expect(others.filter(({ kind }) => kind === 'replayed')).toHaveLength(9)
    expect(others.filter(({ kind }) => kind === 'reused')).toHaveLength(10)
    expect(others.find(({ kind }) => kind === 'replayed')).toEqual({ kind: 'replayed', answer: won?.key?.answer })
    expect(await readJobs(tries.flatMap(({ jobs }) => jobs))).toHaveLength(2)
    expect((await readJobs(won?.jobs ?? [])).map(({ client }) => client)).toEqual(['shop', 'shop'])
  })

  it('belongs to a client, and is free again when its time is over', async ({ expect }) => {
    const key = newKey()
    await createJobs(db, creation([newJob()], key))
    const another = newKey({ key: key.key, client: 'another', fingerprint: 'f2' })
    expect(await createJobs(db, creation([newJob()], another))).toEqual({ kind: 'created' })
    const later = newKey({ key: key.key, fingerprint: 'f2' })
    expect(await createJobs(db, creation([newJob()], later, NOW + 59_999))).toEqual({ kind: 'reused' })
    const job = newJob()
    expect(await createJobs(db, creation([job], later, NOW + 60_000))).toEqual({ kind: 'created' })
    expect(await readJobs([job])).toHaveLength(1)
  })

  it('tells beforehand what it stands for', async ({ expect }) => {
    const key = newKey()
    expect(await findCreation(db, key, NOW)).toBeUndefined()
    await createJobs(db, creation([newJob()], key))
    expect(await findCreation(db, key, NOW)).toEqual({ kind: 'replayed', answer: key.answer })
    expect(await findCreation(db, { ...key, fingerprint: 'f2' }, NOW)).toEqual({ kind: 'reused' })
    expect(await findCreation(db, key, NOW + 60_000)).toBeUndefined()
  })

  it('is not taken when its jobs are not written', async ({ expect }) => {
    const [key, job] = [newKey(), newJob()]
    const failing = {
      prepare: (sql: string) => db.prepare(sql),
      batch: (statements: D1PreparedStatement[]) => db.batch([...statements, db.prepare('INSERT INTO nowhere VALUES (1)')]),
    } as unknown as D1Database
    await expect(createJobs(failing, creation([job], key))).rejects.toThrow('nowhere')
    expect([await findCreation(db, key, NOW), await readJobs([job])]).toEqual([undefined, []])
  })
})
