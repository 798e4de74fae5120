import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { insertRows, jobRow } from '../testing/data-rows.ts'
import { resendStep, sweepShard } from './sweep.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 100_000
const options = { now: NOW, graceMs: 15_000, pauses: [] }
const readJob = (id: string) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()

describe('the sweep', () => {
  it('steps on by the grace in development, by 5 minutes in production, doubling up to an hour', ({ expect }) => {
    const steps = (graceMs: number) => [0, 1, 2, 3, 4, 50].map((resends) => resendStep(graceMs, resends) / 1_000)
    expect(steps(15_000)).toEqual([15, 30, 60, 120, 240, 3_600])
    expect(steps(120_000)).toEqual([300, 600, 1_200, 2_400, 3_600, 3_600])
  })

  it('sends every kind of job whose time has come, moves that time on, and logs it in one row', async ({ expect }) => {
    const never = jobRow({ wakeAt: 1_000 })
    const lost = jobRow({ state: 'retrying', wakeAt: NOW, resends: 2, queue: 'critical', attempts: 1 })
    const scheduled = jobRow({ state: 'scheduled', wakeAt: 5_000, queue: 'low' })
    const expired = jobRow({ state: 'running', token: 't', leaseUntil: NOW - 1, wakeAt: 5_000, queue: 'default' })
    const resumed = jobRow({ state: 'held', wakeAt: 5_000 })
    await insertRows(db, 'jobs', never, lost, scheduled, expired, resumed)
    const eventsBefore = await db.prepare('SELECT count(*) AS n FROM events').first<number>('n')
    const swept = await sweepShard(db, options)
    expect(new Map(swept.map((job) => [job.id, job.queue]))).toEqual(
      new Map([never, lost, scheduled, expired, resumed].map((job) => [job.id, job.queue])),
    )
    expect(await readJob(never.id)).toMatchObject({ state: 'queued', wake_at: NOW + 15_000, resends: 1 })
    expect(await readJob(lost.id)).toMatchObject({ state: 'retrying', wake_at: NOW + 60_000, resends: 3, attempts: 1 })
    expect(await readJob(expired.id)).toMatchObject({ state: 'running', token: 't', wake_at: NOW + 15_000 })
    expect(await db.prepare('SELECT count(*) AS n FROM events').first<number>('n')).toBe((eventsBefore ?? 0) + 1)
    const seqs = await Promise.all([never, lost, expired].map(async (job) => (await readJob(job.id))?.['log']))
    expect(new Set(seqs).size).toBe(1)
    const [seq] = JSON.parse(String(seqs[0])) as [number]
    const events = await db.prepare('SELECT events FROM events WHERE seq = ?').bind(seq).first<string>('events')
    expect(JSON.parse(events ?? '[]')).toHaveLength(5)
    expect(JSON.parse(events ?? '[]')).toContainEqual({
      type: 'job.resent',
      jobId: lost.id,
      data: { state: 'retrying', resends: 3, generation: 1 },
    })
    expect(await sweepShard(db, options)).toEqual([])
  })

  it('never finds finished jobs, nor those whose time has not come', async ({ expect }) => {
    await insertRows(
      db,
      'jobs',
      jobRow({ state: 'succeeded', wakeAt: null }),
      jobRow({ state: 'dead', wakeAt: null }),
      jobRow({ state: 'cancelled', wakeAt: null }),
      jobRow({ wakeAt: NOW + 1 }),
    )
    expect(await sweepShard(db, options)).toEqual([])
  })

  it('looks again at a job that is being worked when its lease ends, and does not send it', async ({ expect }) => {
    const job = jobRow({ state: 'running', token: 't', leaseUntil: NOW + 9_000, wakeAt: 1_000 })
    await insertRows(db, 'jobs', job)
    expect(await sweepShard(db, options)).toEqual([])
    expect(await readJob(job.id)).toMatchObject({ wake_at: NOW + 9_001, resends: 0, log: '[]', token: 't' })
  })

  it('lets held jobs wait while they are paused, and sends them when they are not', async ({ expect }) => {
    const held = jobRow({ state: 'held', wakeAt: 1_000 })
    const other = jobRow({ state: 'held', wakeAt: 1_000, connector: 'mail' })
    await insertRows(db, 'jobs', held, other)
    const paused = { ...options, pauses: [{ kind: 'connector' as const, id: 'billing' }] }
    expect((await sweepShard(db, paused)).map((job) => job.id)).toEqual([other.id])
    expect(await readJob(held.id)).toMatchObject({ state: 'held', wake_at: NOW + 15_000, resends: 0, log: '[]' })
    expect((await sweepShard(db, { ...options, now: NOW + 15_000 })).map((job) => job.id)).toContain(held.id)
  })

  it('looks at held jobs every five minutes in production, and so has room for lost ones', async ({ expect }) => {
    const held = jobRow({ state: 'held', wakeAt: 1_000 })
    await insertRows(db, 'jobs', held)
    const paused = { now: NOW, graceMs: 120_000, pauses: [{ kind: 'connector' as const, id: 'billing' }] }
    expect(await sweepShard(db, paused)).toEqual([])
    expect(await readJob(held.id)).toMatchObject({ state: 'held', wake_at: NOW + 300_000, resends: 0 })
  })

  it('comes back in time to a job that was woken before its time', async ({ expect }) => {
    const soon = jobRow({ state: 'retrying', wakeAt: 1_000, dueAt: NOW + 60_000, resends: 5 })
    const far = jobRow({ state: 'retrying', wakeAt: 1_000, dueAt: NOW + 86_400_000 })
    await insertRows(db, 'jobs', soon, far)
    await sweepShard(db, options)
    expect(await readJob(soon.id)).toMatchObject({ wake_at: NOW + 75_000 })
    expect(await readJob(far.id)).toMatchObject({ wake_at: NOW + 15_000 })
  })

  it('takes at most a thousand of a queue in one run, the longest waiting first', async ({ expect }) => {
    const jobs = Array.from({ length: 1_050 }, (_, i) => jobRow({ wakeAt: 1_000 + i }))
    await insertRows(db, 'jobs', ...jobs)
    const swept = await sweepShard(db, options)
    expect(swept).toHaveLength(1_000)
    expect(swept.map((job) => job.id)).not.toContain(jobs.at(-1)?.id)
    expect(await sweepShard(db, options)).toHaveLength(50)
  })

  it('sends a job once when two sweeps meet', async ({ expect }) => {
    const jobs = Array.from({ length: 20 }, () => jobRow({ wakeAt: 1_000 }))
    await insertRows(db, 'jobs', ...jobs)
    const [a, b] = await Promise.all([sweepShard(db, options), sweepShard(db, options)])
    expect((a?.length ?? 0) + (b?.length ?? 0)).toBe(20)
  })
})
