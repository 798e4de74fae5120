import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { callbackInput } from '../contracts/execution-api.ts'
import type { JobState } from '../contracts/jobs.ts'
import { JOB_COLUMNS, selectList } from '../db/columns.ts'
import type { JobRow } from '../db/data-schema.ts'
import { insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { countingRows, orderedJobs } from '../testing/ordered-jobs.ts'
import { cancelJob } from './cancel-job.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 1_800_000_000_000
const GRACE_MS = 15_000
const { line, claim } = orderedJobs(db, NOW, GRACE_MS)
const CALLBACK = '{"connector":"shop","operation":"ended","queue":"low"}'

const cancelling = (job: JobRow, changes: { client?: string; now?: number } = {}) => ({
  jobId: job.id,
  client: 'shop',
  callbackId: testId('job'),
  now: NOW,
  graceMs: GRACE_MS,
  ...changes,
})
const readJob = (id: string) =>
  db
    .prepare(`SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE id = ?`)
    .bind(id)
    .first<JobRow>()

async function seed(changes: Partial<JobRow> = {}): Promise<JobRow> {
  const job = jobRow({ client: 'shop', ...changes })
  await insertRows(db, 'jobs', job)
  return job
}

describe('cancelling a job', () => {
  it.for<JobState>(['scheduled', 'queued', 'retrying', 'held'])('that is %s ends it', async (state, { expect }) => {
    const job = await seed({ state, dueAt: NOW + 90_000_000, lastError: 'status 500' })
    const counting = countingRows(db)
    expect(await cancelJob(counting.db, cancelling(job))).toEqual({ kind: 'cancelled', told: false, next: [] })
    expect(counting.take()).toBe(2)
    const after = await readJob(job.id)
    expect(after).toMatchObject({ state: 'cancelled', wakeAt: null, finishedAt: NOW, lastError: 'status 500' })
    const event = await db
      .prepare('SELECT events FROM events WHERE seq = ?')
      .bind(JSON.parse(after?.log ?? '[]')[0])
      .first('events')
    expect(JSON.parse(String(event))).toEqual([{ type: 'job.cancelled', jobId: job.id, data: { client: 'shop' } }])
    expect(await cancelJob(counting.db, cancelling(job, { now: NOW + 1 }))).toEqual({ kind: 'cancelled', told: false, next: [] })
    expect(counting.take()).toBe(0)
    expect((await claim([job], NOW + 90_000_000)).outcomes).toEqual(['finished'])
  })

  it.for<JobState>(['running', 'succeeded', 'dead'])('that is %s is refused and changes nothing', async (state, { expect }) => {
    const job = await seed({
      state,
      callback: CALLBACK,
      ...(state === 'running' ? { token: 'x' } : { wakeAt: null, finishedAt: 5 }),
    })
    const before = await readJob(job.id)
    expect(await cancelJob(db, cancelling(job))).toEqual({ kind: 'refused', state })
    expect(await readJob(job.id)).toEqual(before)
  })

  it('of another client, of a webhook, or of nobody, finds none', async ({ expect }) => {
    const [foreign, webhooks] = [await seed(), await seed({ client: null })]
    for (const [job, client] of [[foreign, 'other'] as const, [webhooks, 'shop'] as const, [jobRow(), 'shop'] as const]) {
      expect(await cancelJob(db, cancelling(job, { client }))).toEqual({ kind: 'not_found' })
    }
    expect([await readJob(foreign.id), await readJob(webhooks.id)]).toMatchObject([{ state: 'queued' }, { state: 'queued' }])
  })

  it('gives the next one of its ordering key its turn', async ({ expect }) => {
    const [first, second] = (await line(3, { client: 'shop' })) as [JobRow, JobRow]
    const outcome = await cancelJob(db, cancelling(first))
    expect(outcome).toMatchObject({ kind: 'cancelled', next: [{ id: second.id, state: 'queued' }] })
    expect((await claim([second])).outcomes).toEqual(['claimed'])
  })

  it('tells it by its callback, once', async ({ expect }) => {
    const job = await seed({ callback: CALLBACK, resultTtlMs: 1_000 })
    const request = cancelling(job)
    const id = request.callbackId
    expect(await cancelJob(db, request)).toMatchObject({ kind: 'cancelled', next: [{ id, queue: 'low', dueAt: NOW }] })
    const callback = await readJob(id)
    expect(callback).toMatchObject({ state: 'queued', parentId: job.id, client: 'shop', wakeAt: NOW + GRACE_MS })
    expect(callbackInput.parse(JSON.parse(callback?.input ?? '')).job).toMatchObject({ id: job.id, status: 'cancelled' })
    expect(callback?.log).toBe((await readJob(job.id))?.log)
    const again = cancelling(job)
    expect(await cancelJob(db, again)).toEqual({ kind: 'cancelled', told: false, next: [] })
    expect(await readJob(again.callbackId)).toBeNull()
  })
})
