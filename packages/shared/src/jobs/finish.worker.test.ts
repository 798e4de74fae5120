import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { AttemptRecord } from '../contracts/jobs.ts'
import type { JobRow } from '../db/data-schema.ts'
import { attemptJson, inboxRow, insertRows, jobRow } from '../testing/data-rows.ts'
import { fingerprintOf } from './fingerprint.ts'
import { finishJobs, type JobFinish } from './finish.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 60_000
const options = { token: 'mine', now: NOW, graceMs: 15_000 }
const running = (changes: Partial<JobRow> = {}) =>
  jobRow({ state: 'running', token: 'mine', leaseUntil: NOW + 1_000, firstStartedAt: 50_000, ...changes })
const readJob = (id: string) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()
const countRows = async () =>
  db.prepare('SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM dead_letters) AS letters').first()

async function readLog(id: string): Promise<Record<string, unknown>[]> {
  const rows = await db
    .prepare('SELECT e.* FROM jobs AS j, json_each(j.log) AS l JOIN events AS e ON e.seq = l.value WHERE j.id = ? ORDER BY l.key')
    .bind(id)
    .all()
  return rows.results
}

function finish(job: JobRow, changes: Partial<JobFinish> = {}): JobFinish {
  return {
    jobId: job.id,
    ordered: false,
    event: 'succeed',
    attempt: JSON.parse(attemptJson(job.attempts + 1, false)) as AttemptRecord,
    events: [{ type: 'job.succeeded', jobId: job.id }],
    trace: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01',
    dueAt: null,
    wakeAt: null,
    lastError: null,
    result: '{"status":200,"body":null}',
    death: null,
    callbackId: null,
    ...changes,
  }
}

const failedAttempt = JSON.parse(attemptJson(1, true)) as AttemptRecord
const retried = (job: JobRow) =>
  finish(job, {
    event: 'retry',
    attempt: failedAttempt,
    events: [{ type: 'job.retrying', jobId: job.id, data: { attempt: 1 } }],
    dueAt: NOW + 2_000,
    wakeAt: NOW + 17_000,
    lastError: 'the upstream answered 500',
    result: null,
  })
const died = (job: JobRow) =>
  finish(job, {
    event: 'die',
    attempt: failedAttempt,
    events: [{ type: 'job.dead', jobId: job.id, data: { class: 'upstream_failed' } }],
    lastError: 'status 500',
    result: null,
    death: { class: 'upstream_failed', error: 'status 500' },
  })

/** A database whose batches do something else first, or instead. */
function disturbed(batch: (statements: D1PreparedStatement[], real: D1Database['batch']) => Promise<unknown>): D1Database {
  const real = db.batch.bind(db)
  return {
    prepare: (sql: string) => db.prepare(sql),
    batch: (statements: D1PreparedStatement[]) => batch(statements, real),
  } as unknown as D1Database
}

describe('finishing jobs', () => {
  it('writes two rows for a success: the job and its attempt, with the event in it', async ({ expect }) => {
    const job = running()
    await insertRows(db, 'jobs', job)
    let written = 0
    const counting = disturbed(async (statements, real) => {
      const results = await real(statements)
      written += results.reduce((sum, { meta }) => sum + meta.rows_written, 0)
      return results
    })
    const result = await finishJobs(counting, [finish(job)], options)
    expect(result).toEqual({ applied: new Set([job.id]), stale: new Set(), failed: new Map(), next: [] })
    expect(written).toBe(2)
    expect(await readJob(job.id)).toMatchObject({
      state: 'succeeded',
      wake_at: null,
      lease_until: null,
      attempts: 1,
      finished_at: NOW,
      last_error: null,
      result: '{"status":200,"body":null}',
    })
    const log = await readLog(job.id)
    expect(log).toHaveLength(1)
    expect(log[0]).toMatchObject({ kind: 'attempt', job_id: job.id, connector: 'billing', provider: 'stripe', failed: null })
    expect(JSON.parse(String(log[0]?.['attempt']))).toMatchObject({ attempt: 1, status: 200, outcome: 'success' })
    expect(JSON.parse(String(log[0]?.['events']))).toEqual([{ type: 'job.succeeded', jobId: job.id }])
  })

  it('writes a whole batch of different ends at once, each with its own place in the log', async ({ expect }) => {
    const webhook = inboxRow({ type: 'invoice.paid' })
    await insertRows(db, 'inbox', webhook)
    const last = running({ attempts: 3, inboxId: webhook.id })
    const jobs = [running(), running({ attempts: 1, resends: 3 }), running(), running(), last] as const
    const [ok, again, later, paused, dead] = jobs
    await insertRows(db, 'jobs', ...jobs)
    const deferred = finish(later, { event: 'defer', attempt: null, dueAt: NOW + 5_000, wakeAt: NOW + 20_000, result: null })
    const held = finish(paused, { event: 'hold', attempt: null, dueAt: NOW, wakeAt: NOW + 15_000, result: null })
    const result = await finishJobs(db, [finish(ok), retried(again), deferred, held, died(dead)], options)
    expect(result.applied.size).toBe(5)
    expect(await readJob(again.id)).toMatchObject({
      state: 'retrying',
      due_at: NOW + 2_000,
      wake_at: NOW + 17_000,
      attempts: 2,
      resends: 0,
      finished_at: null,
      last_error: 'the upstream answered 500',
    })
    expect(await readJob(later.id)).toMatchObject({ state: 'queued', attempts: 0, due_at: NOW + 5_000 })
    expect(await readJob(paused.id)).toMatchObject({ state: 'held', attempts: 0, wake_at: NOW + 15_000 })
    expect(await readJob(dead.id)).toMatchObject({ state: 'dead', attempts: 4, wake_at: null, finished_at: NOW })
    const letters = await db.prepare('SELECT * FROM dead_letters WHERE job_id = ?').bind(dead.id).all()
    expect(letters.results).toMatchObject([
      {
        generation: 1,
        class: 'upstream_failed',
        error: 'status 500',
        attempts: 4,
        died_at: NOW,
        status: 'open',
        queue: 'webhook',
        provider: 'stripe',
        event_type: 'invoice.paid',
        fingerprint: fingerprintOf('upstream_failed', 'billing', 'status 500'),
      },
    ])
    const logs = await Promise.all(jobs.map((job) => readLog(job.id)))
    expect(logs.map((log) => log.map((row) => [row['kind'], row['job_id'], row['failed']]))).toEqual([
      [['attempt', ok.id, null]],
      [['attempt', again.id, 1]],
      [['event', later.id, null]],
      [['event', paused.id, null]],
      [['attempt', dead.id, 1]],
    ])
  })

  it('writes nothing for a job that another consumer has taken over, or that has ended', async ({ expect }) => {
    const taken = running({ token: 'theirs' })
    const ended = running({ state: 'cancelled', wakeAt: null })
    const mine = running()
    await insertRows(db, 'jobs', taken, ended, mine)
    const before = [await readJob(taken.id), await readJob(ended.id)]
    const result = await finishJobs(db, [died(taken), died(mine), finish(ended)], options)
    expect(result.applied).toEqual(new Set([mine.id]))
    expect(result.stale).toEqual(new Set([taken.id, ended.id]))
    expect([await readJob(taken.id), await readJob(ended.id)]).toEqual(before)
    expect(await readLog(taken.id)).toEqual([])
    expect(await db.prepare('SELECT count(*) AS n FROM dead_letters WHERE job_id = ?').bind(taken.id).first('n')).toBe(0)
  })

  it('doubles nothing when an error hid the commit', async ({ expect }) => {
    const jobs = [running(), running(), running()] as const
    await insertRows(db, 'jobs', ...jobs)
    const before = await countRows()
    let tries = 0
    const flaky = disturbed(async (statements, real) => {
      const results = await real(statements)
      if (++tries < 3) throw new Error('D1_ERROR: Network connection lost.')
      return results
    })
    const result = await finishJobs(flaky, [finish(jobs[0]), retried(jobs[1]), died(jobs[2])], options)
    expect(tries).toBe(3)
    expect(result.applied.size).toBe(3)
    const after = await countRows()
    expect([
      Number(after?.['events']) - Number(before?.['events']),
      Number(after?.['letters']) - Number(before?.['letters']),
    ]).toEqual([3, 1])
    expect(await readJob(jobs[1].id)).toMatchObject({ attempts: 1, state: 'retrying' })
  })

  it('halves a batch that D1 refuses, so that one bad row does not hold the others', async ({ expect }) => {
    const jobs = Array.from({ length: 9 }, () => running())
    await insertRows(db, 'jobs', ...jobs)
    const bad = jobs[4] as JobRow
    const items = jobs.map((job) => finish(job))
    // A death without a class breaks the NOT NULL of its row.
    items[4] = { ...died(bad), death: { class: null as unknown as 'poison', error: 'x' } }
    const result = await finishJobs(db, items, options)
    expect([...result.failed.keys()]).toEqual([bad.id])
    expect(result.applied.size).toBe(8)
    expect(await readJob(bad.id)).toMatchObject({ state: 'running', token: 'mine', log: '[]' })
  })

  it('does not knock more often when D1 is away', async ({ expect }) => {
    const jobs = Array.from({ length: 8 }, () => running())
    let batches = 0
    const away = disturbed(async () => {
      batches++
      throw new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')
    })
    const result = await finishJobs(
      away,
      jobs.map((job) => finish(job)),
      options,
    )
    expect(result.failed.size).toBe(8)
    expect(batches).toBe(4)
  })

  it('splits a batch that one parameter of D1 could not take', async ({ expect }) => {
    const jobs = Array.from({ length: 24 }, () => running())
    await insertRows(db, 'jobs', ...jobs)
    const large = JSON.stringify({ status: 200, body: 'x'.repeat(60_000) })
    let batches = 0
    const counting = disturbed(async (statements, real) => {
      batches++
      return real(statements)
    })
    const result = await finishJobs(
      counting,
      jobs.map((job) => finish(job, { result: large })),
      options,
    )
    expect(result.applied.size).toBe(24)
    expect(batches).toBe(4)
  })
})
