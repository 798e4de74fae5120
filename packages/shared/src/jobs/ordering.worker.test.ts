import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { JobRow } from '../db/data-schema.ts'
import { deadJobRow, deadLetterRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { countingRows, orderedJobs } from '../testing/ordered-jobs.ts'
import { MAX_RESEND_STEP_MS } from './constants.ts'
import { finishJobs } from './finish.ts'
import { recordNativeDeath } from './native-death.ts'
import { BEHIND } from './ordering.ts'
import { replayJob } from './replay.ts'
import { sweepShard } from './sweep.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const GRACE_MS = 15_000
const { line, claim, finish, endOf, readJob } = orderedJobs(db, NOW, GRACE_MS)

describe('jobs with the same ordering key', () => {
  it('are claimed one at a time, in order, though all came in one batch', async ({ expect }) => {
    const jobs = await line(3)
    const [first, second, third] = jobs as [JobRow, JobRow, JobRow]
    const { token, outcomes } = await claim([third, second, first])
    expect(outcomes).toEqual(['behind', 'behind', 'claimed'])
    expect((await claim(jobs)).outcomes).toEqual(['running', 'behind', 'behind'])

    const finished = await finish(first, token, 'succeed')
    expect(finished.next).toEqual([
      { id: second.id, generation: 1, queue: 'webhook', trace: second.trace, state: 'queued', dueAt: second.dueAt },
    ])
    expect(await readJob(second)).toMatchObject({ state: 'queued', attempts: 0, wake_at: NOW + GRACE_MS })
    expect((await claim(jobs)).outcomes).toEqual(['finished', 'claimed', 'behind'])
  })

  it('wait for those of their key only', async ({ expect }) => {
    const [one] = await line(2)
    const [other] = await line(2)
    const unordered = jobRow()
    await insertRows(db, 'jobs', unordered)
    expect((await claim([one, other, unordered] as JobRow[])).outcomes).toEqual(['claimed', 'claimed', 'claimed'])
  })

  it.for(['retry', 'hold'] as const)('wait while the first one has to %s', async (end, { expect }) => {
    const [first, second] = (await line(2)) as [JobRow, JobRow]
    const { token } = await claim([first])
    expect((await finish(first, token, end)).next).toEqual([])
    expect((await claim([second])).outcomes).toEqual(['behind'])
    expect((await claim([first], NOW + 5_000)).outcomes).toEqual(['claimed'])
  })

  it('wait for one that is scheduled', async ({ expect }) => {
    const [first, second] = (await line(2)) as [JobRow, JobRow]
    await db
      .prepare(`UPDATE jobs SET state = 'scheduled', due_at = ? WHERE id = ?`)
      .bind(NOW + 60_000, first.id)
      .run()
    expect((await claim([first, second])).outcomes).toEqual(['not_due', 'behind'])
  })

  it('go on when the first one dies', async ({ expect }) => {
    const [first, second] = (await line(2)) as [JobRow, JobRow]
    const { token } = await claim([first])
    expect((await finish(first, token, 'die')).next.map(({ id }) => id)).toEqual([second.id])
    expect((await claim([second])).outcomes).toEqual(['claimed'])
  })

  it('go on, with the next sweep, when the platform kills the first one', async ({ expect }) => {
    const [first, second] = (await line(2, { nativeDeaths: 4, wakeAt: NOW + MAX_RESEND_STEP_MS })) as [JobRow, JobRow]
    expect(await recordNativeDeath(db, { jobId: first.id, generation: 1, now: NOW, callbackId: testId('job') })).toEqual({
      outcome: 'died',
    })
    expect(await readJob(second)).toMatchObject({ wake_at: NOW })
    const swept = await sweepShard(db, { now: NOW, graceMs: GRACE_MS, pauses: [] })
    expect(swept.map(({ id }) => id)).toContain(second.id)
  })

  it('are left alone by the sweep until their turn comes, and then found even if the message is lost', async ({ expect }) => {
    const jobs = await line(3, { wakeAt: NOW - 1 })
    const [first, second, third] = jobs as [JobRow, JobRow, JobRow]
    const ids = jobs.map(({ id }) => id)
    const sweep = async (now: number) =>
      (await sweepShard(db, { now, graceMs: GRACE_MS, pauses: [] })).map(({ id }) => id).filter((id) => ids.includes(id))
    expect(await sweep(NOW)).toEqual([first.id])
    for (const job of [second, third]) expect(await readJob(job)).toMatchObject({ wake_at: NOW + MAX_RESEND_STEP_MS, resends: 0 })
    const { token } = await claim([first])
    await finish(first, token, 'succeed')
    expect(await sweep(NOW + GRACE_MS)).toEqual([second.id])
  })

  it('of a key are taken over when the one in work is lost, and by no other', async ({ expect }) => {
    const [first, second] = (await line(2)) as [JobRow, JobRow]
    await claim([first])
    expect((await claim([second, first], NOW + 60_000)).outcomes).toEqual(['behind', 'claimed'])
  })

  it('go to the end of the line when they are replayed', async ({ expect }) => {
    const [second] = (await line(1)) as [JobRow]
    const dead = deadJobRow({ orderingKey: second.orderingKey, n: 1 })
    await insertRows(db, 'jobs', dead)
    await insertRows(db, 'dead_letters', deadLetterRow(dead))
    const { token } = await claim([second])
    const actor = { kind: 'user' as const, id: 'operator@example.com' }
    await db.prepare(`INSERT INTO events (at, kind, events) VALUES (1, 'event', '[]')`).run()
    await replayJob(db, { jobId: dead.id, generation: 1, reason: 'r', actor, auditSeq: 9, now: NOW, graceMs: GRACE_MS })
    expect((await claim([dead], NOW, 2)).outcomes).toEqual(['behind'])
    expect((await finish(second, token, 'succeed')).next.map(({ id }) => id)).toEqual([dead.id])
    expect((await claim([dead], NOW, 2)).outcomes).toEqual(['claimed'])
  })

  it('answer the same next job when the same end is written again', async ({ expect }) => {
    const [first, second] = (await line(2)) as [JobRow, JobRow]
    const { token } = await claim([first])
    await finish(first, token, 'succeed')
    expect((await finish(first, token, 'succeed')).next.map(({ id }) => id)).toEqual([second.id])
  })

  it('cost three rows more when one ends, for the next one’s time, and unordered ones nothing', async ({ expect }) => {
    const written = async (jobs: readonly JobRow[], ordered: boolean) => {
      const first = jobs[0] as JobRow
      const { token } = await claim([first])
      const counting = countingRows(db)
      await finishJobs(counting.db, [endOf(first, 'succeed', ordered)], { token, now: NOW, graceMs: GRACE_MS })
      return counting.take()
    }
    const unordered = jobRow()
    await insertRows(db, 'jobs', unordered)
    expect(await written([unordered], false)).toBe(2)
    expect(await written(await line(1), true)).toBe(2)
    expect(await written(await line(2), true)).toBe(5)
  })

  it('are told apart by the index: long lines and other keys cost nothing', async ({ expect }) => {
    const [first] = (await line(300)) as [JobRow]
    await line(300)
    const sql = `SELECT ${BEHIND} AS behind FROM jobs AS j WHERE j.id = ?`
    const plan = await db.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(first.id).all<{ detail: string }>()
    expect(plan.results.map(({ detail }) => detail).join()).toMatch(/jobs_order \(ordering_key=\? AND n<\?\)/)
    const { meta, results } = await db.prepare(sql).bind(first.id).run<{ behind: 0 | 1 }>()
    expect(results).toEqual([{ behind: 0 }])
    expect(meta.rows_read).toBeLessThan(4)
  })
})
