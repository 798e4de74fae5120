import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { JobRow } from '../db/data-schema.ts'
import { deadJobRow, deadLetterRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { countingRows } from '../testing/ordered-jobs.ts'
import { cancelMany } from './cancel-many.ts'
import { discardMany } from './discard-many.ts'
import { replayJob } from './replay.ts'
import { type DeadLetterKey, replayMany, type ReplayManyRequest } from './replay-many.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const GRACE = 15_000
const ACTOR = { kind: 'user', id: 'operator@example.com' } as const

let operations = 0
const request = (changes: Partial<ReplayManyRequest> = {}): ReplayManyRequest => ({
  bulkId: `blk-${++operations}`,
  reason: 'billing is back',
  actor: ACTOR,
  auditSeq: 7,
  now: NOW,
  graceMs: GRACE,
  configRevision: null,
  newKey: false,
  ...changes,
})

async function dead(count: number, changes: (n: number) => Partial<JobRow> = () => ({})): Promise<JobRow[]> {
  const jobs = Array.from({ length: count }, (_, n) => deadJobRow(changes(n)))
  await insertRows(db, 'jobs', ...jobs)
  await insertRows(db, 'dead_letters', ...jobs.map((job) => deadLetterRow(job)))
  return jobs
}
const keys = (jobs: readonly JobRow[]): DeadLetterKey[] => jobs.map(({ id, generation }) => [id, generation])

const readJob = (id: string | undefined) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()
const readLetter = (id: string | undefined) => db.prepare('SELECT * FROM dead_letters WHERE job_id = ?').bind(id).first()
const countEvents = async () => (await db.prepare('SELECT count(*) AS n FROM events').first<number>('n')) ?? 0

/** The events that the last row of a job's log tells of it. */
async function lastTold(id: string | undefined): Promise<{ type: string; data: unknown }[]> {
  const seq = (JSON.parse(String((await readJob(id))?.['log'])) as number[]).at(-1)
  const row = await db.prepare('SELECT events FROM events WHERE seq = ?').bind(seq).first<{ events: string }>()
  return (JSON.parse(row?.events ?? '[]') as { type: string; jobId: string; data: unknown }[]).filter(
    (event) => event.jobId === id,
  )
}

/** D1 that does what it is told, and loses its answer the first time. */
function losingFirstAnswer(): D1Database {
  let lost = false
  return {
    prepare: (sql: string) => db.prepare(sql),
    async batch(statements: D1PreparedStatement[]) {
      const results = await db.batch(statements)
      if (lost) return results
      lost = true
      throw new Error('D1_ERROR: Network connection lost.')
    },
  } as unknown as D1Database
}

describe('replaying many dead jobs', () => {
  it('queues them one generation on with a clean slate, and closes their dead letters', async ({ expect }) => {
    const jobs = await dead(120, () => ({ nativeDeaths: 3, token: 'old', result: '{}' }))
    const before = await countEvents()
    const { bulkId, ...rest } = request()
    const outcome = await replayMany(db, keys(jobs), { bulkId, ...rest })
    expect(outcome).toMatchObject({ done: 120, skipped: 0, failed: 0, error: null })
    expect(outcome.next).toHaveLength(120)
    expect(outcome.next[0]).toEqual({
      id: jobs[0]?.id,
      generation: 2,
      queue: 'webhook',
      trace: jobs[0]?.trace,
      state: 'queued',
      dueAt: NOW,
    })
    expect(await readJob(jobs[7]?.id)).toMatchObject({
      state: 'queued',
      generation: 2,
      attempts: 0,
      lost_leases: 0,
      native_deaths: 0,
      token: null,
      first_started_at: null,
      finished_at: null,
      result: null,
      due_at: NOW,
      wake_at: NOW + GRACE,
      config_revision: 1,
      key_generation: null,
      bulk_id: bulkId,
    })
    expect(await readLetter(jobs[119]?.id)).toMatchObject({ status: 'replayed', closed_at: NOW })
    // 50, 50 and 20 of them.
    expect(await countEvents()).toBe(before + 3)
    expect(await lastTold(jobs[119]?.id)).toEqual([
      {
        type: 'job.replayed',
        jobId: jobs[119]?.id,
        data: { reason: 'billing is back', actor: ACTOR, auditSeq: 7, bulkId, fromGeneration: 1 },
      },
    ])
  })

  it('goes on under another configuration and with another key where that is asked for', async ({ expect }) => {
    const [job] = await dead(1)
    await replayMany(db, keys([job!]), request({ configRevision: 12, newKey: true }))
    expect(await readJob(job?.id)).toMatchObject({ config_revision: 12, key_generation: 2, generation: 2 })
  })

  it('says the same when an answer was lost and when the step is repeated later, and writes nothing twice', async ({
    expect,
  }) => {
    const jobs = await dead(3)
    const asked = request()
    const first = await replayMany(losingFirstAnswer(), keys(jobs), asked)
    expect(first).toMatchObject({ done: 3, skipped: 0 })
    const events = await countEvents()
    // One is worked meanwhile, one has died again.
    await db.prepare(`UPDATE jobs SET state = 'running' WHERE id = ?`).bind(jobs[0]?.id).run()
    await db.prepare(`UPDATE jobs SET state = 'dead', wake_at = NULL WHERE id = ?`).bind(jobs[1]?.id).run()
    const again = await replayMany(db, keys(jobs), { ...asked, now: NOW + 9_000 })
    expect(again).toMatchObject({ done: 3, skipped: 0, next: [{ id: jobs[2]?.id, generation: 2 }] })
    expect(await countEvents()).toBe(events)
    expect(await readJob(jobs[1]?.id)).toMatchObject({ state: 'dead', generation: 2 })
    expect(await readJob(jobs[2]?.id)).toMatchObject({ due_at: NOW })
  })

  it('is done once where two operations and a person want the same ones', async ({ expect }) => {
    const jobs = await dead(60)
    const [one, other] = [request(), request()]
    const person = { jobId: jobs[0]!.id, generation: 1, reason: 'r', actor: ACTOR, auditSeq: 99, now: NOW, graceMs: GRACE }
    const [single, a, b] = await Promise.all([
      replayJob(db, person),
      replayMany(db, keys(jobs), one),
      replayMany(db, keys(jobs), other),
    ])
    expect(a.done + b.done + (single.outcome === 'replayed' ? 1 : 0)).toBe(60)
    expect([a.done + a.skipped, b.done + b.skipped]).toEqual([60, 60])
    const generations = await db
      .prepare('SELECT DISTINCT generation FROM jobs WHERE id IN (SELECT value FROM json_each(?))')
      .bind(JSON.stringify(jobs.map(({ id }) => id)))
      .all()
    expect(generations.results).toEqual([{ generation: 2 }])
  })

  it('leaves alone what is closed, lives, or died again, and says which only hold a message', async ({ expect }) => {
    const [closed, later] = await dead(2, (n) => ({ generation: n === 1 ? 3 : 1 }))
    await db.prepare(`UPDATE dead_letters SET status = 'discarded' WHERE job_id = ?`).bind(closed?.id).run()
    const living = jobRow({ state: 'running' })
    const orphan = jobRow()
    await insertRows(db, 'jobs', living)
    await insertRows(db, 'dead_letters', deadLetterRow(living), deadLetterRow(orphan, { message: '{}' }))
    await insertRows(db, 'dead_letters', deadLetterRow(later!, { generation: 2 }))
    const before = await countEvents()
    const chosen: DeadLetterKey[] = [
      [closed!.id, 1],
      [later!.id, 2],
      [living.id, 1],
      [orphan.id, 1],
      [testId('job'), 1],
    ]
    const outcome = await replayMany(db, chosen, request())
    expect(outcome).toMatchObject({ done: 0, skipped: 4, failed: 1, next: [] })
    expect(outcome.error).toContain('only holds a message')
    expect(await countEvents()).toBe(before)
    expect(await readJob(later?.id)).toMatchObject({ state: 'dead', generation: 3 })
    expect(await readJob(living.id)).toMatchObject({ state: 'running', bulk_id: null })
  })

  it('keeps the order of a key: a job that blocked it has its place, those that had left queue up as they stood', async ({
    expect,
  }) => {
    const orderingKey = `key-${crypto.randomUUID()}`
    // Chosen in another order than they stood in line.
    const jobs = await dead(4, (n) => ({ orderingKey, n: [30, 10, 20, 5][n], onDeath: n === 3 ? 'block' : 'release' }))
    const meanwhile = jobRow({ orderingKey, n: 40 })
    await insertRows(db, 'jobs', meanwhile)
    await replayMany(db, keys(jobs), request())
    const line = await db
      .prepare('SELECT id, n FROM jobs WHERE ordering_key = ? ORDER BY n')
      .bind(orderingKey)
      .all<{ id: string }>()
    expect(line.results.map(({ id }) => id)).toEqual([jobs[3]?.id, meanwhile.id, jobs[1]?.id, jobs[2]?.id, jobs[0]?.id])
    expect(new Set(line.results.map((row) => (row as unknown as { n: number }).n)).size).toBe(5)
  })

  it('writes few rows and finds each job by its key', async ({ expect }) => {
    const jobs = await dead(100)
    const counting = countingRows(db)
    await replayMany(counting.db, keys(jobs), request())
    // Of each: the job with its place in jobs_wake, the dead letter with the indexes of open ones.
    expect(counting.take()).toBeLessThanOrEqual(100 * 6 + 2)
  })
})

describe('discarding many dead jobs', () => {
  it('closes them for good, tells why, and lets those have their turn that they kept waiting', async ({ expect }) => {
    const orderingKey = `key-${crypto.randomUUID()}`
    const jobs = await dead(3, (n) => (n === 0 ? { orderingKey, n: 1, onDeath: 'block' } : {}))
    const waiting = jobRow({ orderingKey, n: 2 })
    await insertRows(db, 'jobs', waiting)
    const orphan = jobRow()
    await insertRows(db, 'dead_letters', deadLetterRow(orphan, { message: '{}' }))
    const asked = { ...request(), startedAt: NOW - 5 }
    const all: DeadLetterKey[] = [...keys(jobs), [orphan.id, 1]]
    const outcome = await discardMany(losingFirstAnswer(), all, asked)
    expect(outcome).toMatchObject({ done: 4, skipped: 0, failed: 0 })
    expect(outcome.next.map(({ id }) => id)).toEqual([waiting.id])
    expect(await readLetter(jobs[1]?.id)).toMatchObject({ status: 'discarded', closed_at: NOW })
    expect(await readLetter(orphan.id)).toMatchObject({ status: 'discarded' })
    expect(await readJob(jobs[0]?.id)).toMatchObject({ state: 'dead', on_death: 'release', bulk_id: asked.bulkId })
    expect(await readJob(waiting.id)).toMatchObject({ wake_at: NOW + GRACE })
    expect(await lastTold(jobs[0]?.id)).toMatchObject([
      { type: 'dead_letter.discarded', data: { reason: 'billing is back', auditSeq: 7, bulkId: asked.bulkId, generation: 1 } },
    ])

    const events = await countEvents()
    expect(await discardMany(db, all, { ...asked, now: NOW + 900 })).toMatchObject({ done: 4, skipped: 0 })
    const another = { ...request(), startedAt: NOW + 1_000 }
    expect(await discardMany(db, all, another)).toMatchObject({ done: 0, skipped: 4 })
    expect(await countEvents()).toBe(events)
  })

  it('takes none that was replayed', async ({ expect }) => {
    const [job] = await dead(1)
    await replayMany(db, keys([job!]), request())
    expect(await discardMany(db, keys([job!]), { ...request(), startedAt: 0 })).toMatchObject({ done: 0, skipped: 1 })
    expect(await readLetter(job?.id)).toMatchObject({ status: 'replayed' })
  })
})

describe('cancelling many jobs', () => {
  const chosen = (...jobs: JobRow[]) => jobs.map(({ id }) => ({ id, callbackId: testId('job') }))

  it('ends those that wait, makes their callbacks, and brings the next ones of their keys', async ({ expect }) => {
    const orderingKey = `key-${crypto.randomUUID()}`
    const callback = JSON.stringify({ connector: 'billing', operation: 'echo', queue: 'low' })
    const told = jobRow({ client: 'shop', callback })
    const first = jobRow({ orderingKey, n: 1, state: 'retrying' })
    const second = jobRow({ orderingKey, n: 2 })
    const held = jobRow({ state: 'held', queue: 'default' })
    const running = jobRow({ state: 'running', token: 't', leaseUntil: 9 })
    await insertRows(db, 'jobs', told, first, second, held, running)
    const items = chosen(told, first, held, running)
    const asked = request()
    const outcome = await cancelMany(losingFirstAnswer(), items, asked)
    expect(outcome).toMatchObject({ done: 3, skipped: 1, failed: 0 })
    // The callback was made by the try whose answer was lost: the sweep sends it. So it does with whose turn has come.
    expect(await readJob(items[0]?.callbackId)).toMatchObject({
      state: 'queued',
      queue: 'low',
      parent_id: told.id,
      wake_at: NOW + GRACE,
    })
    expect(await readJob(told.id)).toMatchObject({ state: 'cancelled', finished_at: NOW, wake_at: null, bulk_id: asked.bulkId })
    expect(await readJob(second.id)).toMatchObject({ state: 'queued', wake_at: NOW + GRACE })
    expect(await readJob(running.id)).toMatchObject({ state: 'running', bulk_id: null, token: 't' })
    expect((await lastTold(told.id)).map(({ type }) => type).toSorted()).toEqual(['job.callback_created', 'job.cancelled'])
    expect(await lastTold(first.id)).toMatchObject([{ type: 'job.cancelled', data: { reason: 'billing is back', actor: ACTOR } }])
    expect(await lastTold(items[0]?.callbackId)).toMatchObject([{ type: 'job.queued', data: { parentId: told.id } }])

    const events = await countEvents()
    const again = await cancelMany(db, chosen(told, first, held, running), { ...asked, now: NOW + 500 })
    expect(again).toMatchObject({ done: 3, skipped: 1 })
    expect(await countEvents()).toBe(events)
    const callbacks = await db.prepare('SELECT count(*) AS n FROM jobs WHERE parent_id = ?').bind(told.id).first<number>('n')
    expect(callbacks).toBe(1)
  })

  it('answers the callbacks it made, to be sent', async ({ expect }) => {
    const callback = JSON.stringify({ connector: 'billing', operation: 'echo', queue: 'low' })
    const jobs = Array.from({ length: 60 }, () => jobRow({ callback }))
    await insertRows(db, 'jobs', ...jobs)
    const items = chosen(...jobs)
    const { done, next } = await cancelMany(db, items, request())
    expect(done).toBe(60)
    expect(next.map(({ id }) => id).toSorted()).toEqual(items.map(({ callbackId }) => callbackId).toSorted())
  })
})
