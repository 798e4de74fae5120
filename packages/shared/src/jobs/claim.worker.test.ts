import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { JobRow } from '../db/data-schema.ts'
import { attemptJson, eventRow, inboxRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { claimJobs } from './claim.ts'
import { finishJobs, type JobFinish } from './finish.ts'
import { sweepShard } from './sweep.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const options = { token: 'mine', now: NOW, attemptMs: 5_000 }
const request = (job: JobRow) => ({ jobId: job.id, generation: job.generation })
const readJob = (id: string) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()

const succeeded = (jobId: string): JobFinish => ({
  jobId,
  ordered: false,
  event: 'succeed',
  attempt: null,
  events: [],
  trace: '',
  dueAt: null,
  wakeAt: null,
  lastError: null,
  result: null,
  death: null,
  callbackId: null,
})

/** Counts what the batches of a piece of work write and read. */
async function counted<T>(work: (db: D1Database) => Promise<T>): Promise<{ written: number; read: number; value: T }> {
  const total = { written: 0, read: 0 }
  const counting = {
    prepare: (sql: string) => db.prepare(sql),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await db.batch(statements)
      for (const { meta } of results) {
        total.written += meta.rows_written
        total.read += meta.rows_read
      }
      return results
    },
  } as unknown as D1Database
  const value = await work(counting)
  return { ...total, value }
}

describe('claiming jobs', () => {
  it('writes one row a job, leaves the sweep its time, and looks at no other job', async ({ expect }) => {
    const others = Array.from({ length: 500 }, () => jobRow({ state: 'running', leaseUntil: 10 }))
    const jobs = Array.from({ length: 24 }, () => jobRow())
    await insertRows(db, 'jobs', ...others, ...jobs)
    const { written, read, value } = await counted((db) => claimJobs(db, jobs.map(request), options))
    expect(written).toBe(24)
    expect(read).toBeLessThan(24 * 12)
    expect([...value.values()].every((result) => result.outcome === 'claimed')).toBe(true)
    expect(await readJob(jobs[0]?.id ?? '')).toMatchObject({
      state: 'running',
      token: 'mine',
      wake_at: 16_000,
      first_started_at: NOW,
      lost_leases: 0,
      attempts: 0,
      log: '[]',
    })
  })

  it('gives each of them the lease of one attempt, however many they are', async ({ expect }) => {
    const jobs = Array.from({ length: 13 }, () => jobRow())
    await insertRows(db, 'jobs', ...jobs)
    const claimed = await claimJobs(db, jobs.map(request), options)
    const leases = jobs.map((job) => {
      const result = claimed.get(job.id)
      return result?.outcome === 'claimed' ? result.job.leaseUntil - NOW : null
    })
    expect(leases).toEqual(Array(13).fill(20_000))
  })

  it('keeps every job from other consumers until a slow upstream has let its attempt end', async ({ expect }) => {
    const jobs = Array.from({ length: 24 }, () => jobRow({ wakeAt: NOW + 15_000 }))
    await insertRows(db, 'jobs', ...jobs)
    const slow = { ...options, attemptMs: 30_000 }
    await claimJobs(db, jobs.map(request), slow)
    const end = NOW + 30_000
    const ids = new Set(jobs.map(({ id }) => id))
    const swept = await sweepShard(db, { now: end, graceMs: 15_000, pauses: [] })
    expect(swept.filter(({ id }) => ids.has(id))).toEqual([])
    const other = await claimJobs(db, jobs.map(request), { ...slow, token: 'theirs', now: end })
    expect([...other.values()].every(({ outcome }) => outcome === 'running')).toBe(true)
    const written = await finishJobs(
      db,
      jobs.map(({ id }) => succeeded(id)),
      { token: 'mine', now: end, graceMs: 15_000 },
    )
    expect([written.applied.size, written.stale.size]).toEqual([24, 0])
    expect(await readJob(jobs[0]?.id ?? '')).toMatchObject({ state: 'succeeded', lost_leases: 0 })
  })

  it('answers what became of every id', async ({ expect }) => {
    const rows = {
      queued: jobRow({ dueAt: NOW }),
      scheduled: jobRow({ state: 'scheduled' }),
      retrying: jobRow({ state: 'retrying', attempts: 2, firstStartedAt: 7 }),
      held: jobRow({ state: 'held' }),
      early: jobRow({ state: 'retrying', dueAt: NOW + 1 }),
      running: jobRow({ state: 'running', token: 'theirs', leaseUntil: NOW }),
      succeeded: jobRow({ state: 'succeeded', wakeAt: null }),
      dead: jobRow({ state: 'dead', wakeAt: null }),
      cancelled: jobRow({ state: 'cancelled', wakeAt: null }),
      replayed: jobRow({ generation: 2 }),
    }
    await insertRows(db, 'jobs', ...Object.values(rows))
    const missing = testId('job')
    const requests = [...Object.values(rows).map((row) => ({ jobId: row.id, generation: 1 })), { jobId: missing, generation: 1 }]
    const claimed = await claimJobs(db, requests, options)
    const outcomes = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, claimed.get(row.id)?.outcome]))
    expect(outcomes).toEqual({
      queued: 'claimed',
      scheduled: 'claimed',
      retrying: 'claimed',
      held: 'claimed',
      early: 'not_due',
      running: 'running',
      succeeded: 'finished',
      dead: 'finished',
      cancelled: 'finished',
      replayed: 'finished',
    })
    expect(claimed.get(missing)).toEqual({ outcome: 'unknown' })
    expect(claimed.get(rows.early.id)).toEqual({ outcome: 'not_due', dueAt: NOW + 1 })
    expect(claimed.get(rows.retrying.id)).toMatchObject({ job: { attempts: 2, firstStartedAt: 7 } })
  })

  it('counts no time on hold: what began before it begins later by as much', async ({ expect }) => {
    const held = { state: 'held', dueAt: NOW - 30_000 } as const
    const jobs = {
      never: jobRow(held),
      once: jobRow({ ...held, firstStartedAt: NOW - 30_000 }),
      tried: jobRow({ ...held, firstStartedAt: NOW - 42_000, attempts: 2 }),
      retrying: jobRow({ state: 'retrying', dueAt: NOW - 30_000, firstStartedAt: NOW - 42_000, attempts: 2 }),
    }
    await insertRows(db, 'jobs', ...Object.values(jobs))
    const claimed = await claimJobs(db, Object.values(jobs).map(request), options)
    const started = Object.values(jobs).map(({ id }) => {
      const result = claimed.get(id)
      return result?.outcome === 'claimed' ? result.job.firstStartedAt : null
    })
    expect(started).toEqual([NOW, NOW, NOW - 12_000, NOW - 42_000])
  })

  it('gives a job to one of two consumers', async ({ expect }) => {
    const job = jobRow()
    await insertRows(db, 'jobs', job)
    const results = await Promise.all(['a', 'b'].map((token) => claimJobs(db, [request(job)], { ...options, token })))
    expect(new Set(results.map((result) => result.get(job.id)?.outcome))).toEqual(new Set(['claimed', 'running']))
  })

  it('answers the same again when a try has hidden its commit, and writes nothing', async ({ expect }) => {
    const job = jobRow({ state: 'running', token: 'theirs', leaseUntil: 1 })
    await insertRows(db, 'jobs', job)
    const first = await claimJobs(db, [request(job)], options)
    const { written, value } = await counted((db) => claimJobs(db, [request(job)], options))
    expect(value).toEqual(first)
    expect(value.get(job.id)).toMatchObject({ outcome: 'claimed', job: { lostLeases: 1 } })
    expect(written).toBe(0)
  })

  it('takes over expired leases, at no attempt, and logs them in one row', async ({ expect }) => {
    const lost = [1, 2, 3].map((n) =>
      jobRow({ state: 'running', token: 'gone', leaseUntil: NOW - 1, lostLeases: n, attempts: 2, log: '[7]' }),
    )
    const fresh = jobRow()
    await insertRows(db, 'jobs', ...lost, fresh)
    const { written } = await counted((db) => claimJobs(db, [...lost, fresh].map(request), options))
    expect(written).toBe(5)
    const rows = await Promise.all(lost.map((job) => readJob(job.id)))
    expect(rows.map((row) => [row?.['lost_leases'], row?.['attempts'], row?.['token']])).toEqual([
      [2, 2, 'mine'],
      [3, 2, 'mine'],
      [4, 2, 'mine'],
    ])
    const log = JSON.parse(String(rows[0]?.['log'])) as number[]
    expect(log).toHaveLength(2)
    const events = await db.prepare('SELECT events FROM events WHERE seq = ?').bind(log[1]).first<string>('events')
    expect(JSON.parse(events ?? '[]')).toEqual(
      lost.map((job) => ({ type: 'job.lease_expired', jobId: job.id, data: { lostLeases: job.lostLeases + 1, generation: 1 } })),
    )
    expect(await readJob(fresh.id)).toMatchObject({ log: '[]', lost_leases: 0 })
  })

  it('reads the webhook of what it claims, and of nothing else', async ({ expect }) => {
    const inbox = inboxRow({ id: testId('whk'), body: '{"a":1}' })
    const mine = jobRow({ inboxId: inbox.id })
    const early = jobRow({ inboxId: inbox.id, dueAt: NOW + 1 })
    await insertRows(db, 'inbox', inbox)
    await insertRows(db, 'jobs', mine, early)
    const claimed = await claimJobs(db, [mine, early].map(request), options)
    expect(claimed.get(mine.id)).toMatchObject({ job: { webhook: { body: '{"a":1}', bodyEncoding: 'utf8' }, inboxId: inbox.id } })
    expect(claimed.get(early.id)).toEqual({ outcome: 'not_due', dueAt: NOW + 1 })
  })

  it('counts the failures that the upstream answered, for keys that are renewed after them', async ({ expect }) => {
    const unknown = JSON.stringify({ ...(JSON.parse(attemptJson(2, true)) as object), status: null, failure: 'timeout' })
    const job = jobRow({ state: 'retrying', log: '[900,901,902,903,904]' })
    const parents = eventRow(900, { jobId: 'another job', kind: 'attempt', failed: 1, attempt: attemptJson(1, true) })
    await insertRows(
      db,
      'events',
      parents,
      eventRow(901, { jobId: job.id, kind: 'attempt', failed: 1, attempt: attemptJson(1, true) }),
      eventRow(902, { jobId: job.id, kind: 'attempt', failed: 1, attempt: unknown }),
      eventRow(903, { jobId: job.id, kind: 'attempt', attempt: attemptJson(3, false) }),
      eventRow(904),
    )
    await insertRows(db, 'jobs', job)
    const claimed = await claimJobs(db, [request(job)], options)
    expect(claimed.get(job.id)).toMatchObject({ job: { answeredFailures: 1 } })
  })
})
