import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { callbackInput } from '../contracts/execution-api.ts'
import type { LogEvent } from '../contracts/events.ts'
import { JOB_COLUMNS, selectList } from '../db/columns.ts'
import type { JobRow } from '../db/data-schema.ts'
import { insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { countingRows, orderedJobs } from '../testing/ordered-jobs.ts'
import { finishJobs, type JobFinish } from './finish.ts'
import { recordNativeDeath } from './native-death.ts'
import { clientOrderingKey } from './ordering-key.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 1_800_000_000_123
const GRACE_MS = 15_000
const { endOf } = orderedJobs(db, NOW, GRACE_MS)
const options = { token: 'mine', now: NOW, graceMs: GRACE_MS }
const CALLBACK = JSON.stringify({ connector: 'shop', operation: 'job-ended', queue: 'low' })

const readJob = (id: string | null | undefined) =>
  db
    .prepare(`SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE id = ?`)
    .bind(id ?? '')
    .first<JobRow>()

async function seed(changes: Partial<JobRow> = {}): Promise<JobRow> {
  const job = jobRow({
    state: 'running',
    token: 'mine',
    client: 'shop',
    callback: CALLBACK,
    resultTtlMs: 60_000,
    createdAt: NOW - 1_000,
    dueAt: NOW - 500,
    ...changes,
  })
  await insertRows(db, 'jobs', job)
  return job
}

async function eventsOf(job: JobRow | null): Promise<LogEvent[]> {
  const rows = await db
    .prepare('SELECT e.events FROM json_each(?) AS l JOIN events AS e ON e.seq = l.value ORDER BY e.seq')
    .bind(job?.log ?? '[]')
    .all<{ events: string }>()
  return rows.results.flatMap(({ events }) => JSON.parse(events) as LogEvent[])
}

const ended = (job: JobRow, changes: Partial<JobFinish> = {}): JobFinish => ({
  ...endOf(job, 'succeed', false),
  events: [{ type: 'job.succeeded', jobId: job.id }],
  trace: 'the-span',
  callbackId: testId('job'),
  ...changes,
})
const inputOf = (callback: JobRow | null) => callbackInput.parse(JSON.parse(callback?.input ?? 'null'))

describe('the end of a job with a callback', () => {
  it('makes the job that tells it, in the same batch', async ({ expect }) => {
    const job = await seed({ orderingKey: clientOrderingKey('shop', 'order:1'), n: 7, configRevision: 3 })
    const item = ended(job, { result: '{"status":201,"body":{"a":[1]}}' })
    const { next, applied } = await finishJobs(db, [item], options)
    expect([...applied]).toEqual([job.id])
    const id = item.callbackId
    expect(next).toEqual([{ id, generation: 1, queue: 'low', trace: 'the-span', state: 'queued', dueAt: NOW }])
    const callback = await readJob(id)
    expect(callback).toMatchObject({
      connector: 'shop',
      operation: 'job-ended',
      client: 'shop',
      parentId: job.id,
      configRevision: 3,
    })
    expect(callback).toMatchObject({ wakeAt: NOW + GRACE_MS, createdAt: NOW, attempts: 0, callback: null, orderingKey: null })
    expect(inputOf(callback).job).toEqual({
      id: job.id,
      status: 'succeeded',
      connector: job.connector,
      operation: job.operation,
      queue: job.queue,
      orderingKey: 'order:1',
      createdAt: new Date(NOW - 1_000).toISOString(),
      dueAt: new Date(NOW - 500).toISOString(),
      finishedAt: new Date(NOW).toISOString(),
      generation: 1,
      lastError: null,
      result: { status: 201, body: { a: [1] } },
      resultExpiresAt: new Date(NOW + 60_000).toISOString(),
      callbackJobId: id,
      parentId: null,
    })
    const after = await readJob(job.id)
    expect(JSON.parse(after?.callback ?? '{}')).toEqual({ ...JSON.parse(CALLBACK), jobId: id })
    const told = ['job.succeeded', 'job.callback_created', 'job.queued']
    expect((await eventsOf(after)).map(({ type }) => type)).toEqual(told)
    expect(await eventsOf(callback)).toContainEqual({ type: 'job.queued', jobId: id, data: { parentId: job.id } })
  })

  it('makes it once, however often the end is written, and writes 3 rows more', async ({ expect }) => {
    const [plain, telling] = [await seed(), await seed()]
    const counting = countingRows(db)
    await finishJobs(counting.db, [ended(plain, { callbackId: null })], options)
    const withoutCallback = counting.take()
    const item = ended(telling)
    await finishJobs(counting.db, [item], options)
    expect(counting.take()).toBe(withoutCallback + 3)
    await finishJobs(counting.db, [item], options)
    expect(counting.take()).toBe(0)
  })

  it('tells a death, and no result that is long or nests too deep', async ({ expect }) => {
    const [dead, long, deep] = [await seed(), await seed(), await seed()]
    const items = [
      ended(dead, { ...endOf(dead, 'die', false), lastError: 'status 500', callbackId: testId('job') }),
      ended(long, { result: JSON.stringify({ status: 200, body: 'x'.repeat(65_537) }) }),
      ended(deep, { result: `{"status":200,"body":${'['.repeat(1_500)}${']'.repeat(1_500)}}` }),
    ]
    expect((await finishJobs(db, items, options)).applied.size).toBe(3)
    const told = await Promise.all(items.map(async ({ callbackId }) => inputOf(await readJob(callbackId)).job))
    expect(told[0]).toMatchObject({ status: 'dead', lastError: 'status 500', result: null, resultExpiresAt: null })
    expect(told.slice(1)).toMatchObject([
      { id: long.id, status: 'succeeded', result: null },
      { id: deep.id, status: 'succeeded', result: null },
    ])
  })

  it('is not told by a worker whose lease another one has', async ({ expect }) => {
    const job = await seed({ token: 'other' })
    const item = ended(job)
    const { stale, next } = await finishJobs(db, [item], options)
    expect([[...stale], next]).toEqual([[job.id], []])
    expect(await readJob(item.callbackId)).toBeNull()
  })
})

describe('a job that the platform kills', () => {
  it('tells its end too, and only its end', async ({ expect }) => {
    const job = await seed({ state: 'queued', token: null, nativeDeaths: 3, wakeAt: NOW })
    const death = () => ({ jobId: job.id, generation: 1, now: NOW, callbackId: testId('job') })
    const [harmless, fatal, late] = [death(), death(), death()]
    expect(await recordNativeDeath(db, harmless)).toMatchObject({ outcome: 'woken' })
    expect(await recordNativeDeath(db, fatal)).toEqual({ outcome: 'died' })
    expect(await recordNativeDeath(db, late)).toEqual({ outcome: 'stale' })
    expect([await readJob(harmless.callbackId), await readJob(late.callbackId)]).toEqual([null, null])
    const callback = await readJob(fatal.callbackId)
    expect(callback).toMatchObject({ state: 'queued', queue: 'low', wakeAt: NOW, parentId: job.id, trace: job.trace })
    expect(inputOf(callback).job).toMatchObject({ id: job.id, status: 'dead', finishedAt: new Date(NOW).toISOString() })
    const types = (await eventsOf(callback)).map(({ type }) => type)
    expect(types).toEqual(['job.dead', 'job.callback_created', 'job.queued'])
  })

  it('without a callback makes no other', async ({ expect }) => {
    const job = await seed({ state: 'queued', token: null, nativeDeaths: 4, wakeAt: NOW, callback: null })
    const callbackId = testId('job')
    expect(await recordNativeDeath(db, { jobId: job.id, generation: 1, now: NOW, callbackId })).toEqual({ outcome: 'died' })
    expect(await readJob(callbackId)).toBeNull()
    expect((await eventsOf(await readJob(job.id))).map(({ type }) => type)).toEqual(['job.dead'])
  })
})
