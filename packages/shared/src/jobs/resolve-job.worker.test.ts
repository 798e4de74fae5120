import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { JOB_STATES, type JobState, type Resolution } from '../contracts/jobs.ts'
import type { JobRow } from '../db/data-schema.ts'
import { insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { orderedJobs } from '../testing/ordered-jobs.ts'
import { cancelJob } from './cancel-job.ts'
import { finishJobs } from './finish.ts'
import { readLine, releaseKey } from './release-key.ts'
import { replayJob } from './replay.ts'
import { resolveJob, type ResolveRequest } from './resolve-job.ts'
import { statesAllowing } from './state-machine.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 900_000
const GRACE_MS = 15_000
const PERSON = { kind: 'user' as const, id: 'operator@example.com' }
const CALLBACK = '{"connector":"mail","operation":"tell","queue":"low"}'
const { line, claim, finish, endOf, readJob } = orderedJobs(db, NOW, GRACE_MS)
let audited = 100

const request = (job: Pick<JobRow, 'id'>, as: Resolution, changes: Partial<ResolveRequest> = {}): ResolveRequest => ({
  jobId: job.id,
  generation: 1,
  as,
  force: false,
  reason: 'r',
  actor: PERSON,
  auditSeq: ++audited,
  callbackId: testId('job'),
  now: NOW,
  graceMs: GRACE_MS,
  ...changes,
})
/** A job whose lease has ended a while ago. */
async function stuck(changes: Partial<JobRow> = {}): Promise<JobRow> {
  const job = jobRow({ state: 'running', token: 'old', leaseUntil: NOW - 1, attempts: 1, wakeAt: NOW - 60_000, ...changes })
  await insertRows(db, 'jobs', job)
  return job
}
const eventsOf = async (id: string) => {
  const rows = await db
    .prepare('SELECT e.events FROM jobs AS j, json_each(j.log) AS l JOIN events AS e ON e.seq = l.value WHERE j.id = ?')
    .bind(id)
    .all<{ events: string }>()
  return rows.results.flatMap(({ events }) => JSON.parse(events) as { type: string; jobId: string; data: object }[])
}
const readLetters = (id: string) => db.prepare('SELECT * FROM dead_letters WHERE job_id = ?').bind(id).all()

describe('a stuck job', () => {
  it('is put back to work at once, and its late consumer writes nothing', async ({ expect }) => {
    const job = await stuck({ lostLeases: 5, firstStartedAt: 1 })
    const outcome = await resolveJob(db, request(job, 'retry'))
    expect(outcome).toMatchObject({ outcome: 'resolved', state: 'queued', next: [{ id: job.id, generation: 1, dueAt: NOW }] })
    const put = { state: 'queued', token: null, lease_until: null, lost_leases: 0, first_started_at: null, attempts: 1 }
    expect(await readJob(job)).toMatchObject({ ...put, due_at: NOW, wake_at: NOW + GRACE_MS })
    const late = await finishJobs(db, [endOf(job, 'succeed')], { token: 'old', now: NOW, graceMs: GRACE_MS })
    expect([...late.stale]).toEqual([job.id])
    expect(await eventsOf(job.id)).toMatchObject([
      { type: 'job.resolved', data: { as: 'retry', from: 'running', interrupted: true, actor: PERSON, auditSeq: audited } },
    ])
    expect((await claim([job])).outcomes).toEqual(['claimed'])
  })

  it('ends as it is told: dead with a dead letter, succeeded, or cancelled; a callback tells it', async ({ expect }) => {
    for (const as of ['dead', 'succeeded', 'cancelled'] as const) {
      const job = await stuck({ callback: CALLBACK, client: 'shop', lastError: 'status 500' })
      const asked = request(job, as)
      const outcome = await resolveJob(db, asked)
      expect(outcome).toMatchObject({ outcome: 'resolved', state: as, next: [{ id: asked.callbackId, queue: 'low' }] })
      const error = as === 'cancelled' ? 'status 500' : as === 'dead' ? 'An operator gave the job up.' : null
      const result = as === 'succeeded' ? '{"status":null,"body":null}' : null
      const ended = { state: as, token: null, lease_until: null, wake_at: null, finished_at: NOW, last_error: error, result }
      expect(await readJob(job), as).toMatchObject(ended)
      expect(JSON.parse(String((await readJob({ id: asked.callbackId }))?.['input']))).toMatchObject({ job: { status: as } })
      const types = (await eventsOf(job.id)).map(({ type }) => type)
      expect(types).toEqual(['job.resolved', `job.${as}`, 'job.callback_created', 'job.queued'])
      const { results: letters } = await readLetters(job.id)
      expect(letters).toHaveLength(as === 'dead' ? 1 : 0)
      if (as === 'dead') expect(letters[0]).toMatchObject({ class: 'platform', status: 'open', provider: 'stripe' })
    }
  })

  it('is left to a consumer whose lease holds, unless that is forced', async ({ expect }) => {
    const job = await stuck({ leaseUntil: NOW })
    expect(await resolveJob(db, request(job, 'succeeded'))).toEqual({ outcome: 'leased', leaseUntil: NOW })
    expect(await readJob(job)).toMatchObject({ state: 'running', token: 'old' })
    expect(await eventsOf(job.id)).toEqual([])
    expect(await resolveJob(db, request(job, 'succeeded', { force: true }))).toMatchObject({ outcome: 'resolved' })
  })

  it('may wait in any state, but not have ended, nor be in another generation', async ({ expect }) => {
    for (const state of JOB_STATES) {
      const live = statesAllowing('put_back').includes(state)
      const job = await stuck({ state, ...(live ? {} : { wakeAt: null }), generation: 2 })
      expect(await resolveJob(db, request(job, 'retry'))).toEqual({ outcome: 'moved', state, generation: 2 })
      const outcome = await resolveJob(db, request(job, 'cancelled', { generation: 2 }))
      expect(outcome.outcome, state).toBe(live ? 'resolved' : 'moved')
      expect(await readJob(job)).toMatchObject({ state: (live ? 'cancelled' : state) satisfies JobState })
    }
    expect(await resolveJob(db, request({ id: testId('job') }, 'retry'))).toEqual({ outcome: 'not_found' })
  })

  it('is resolved once: by one of two operators, or by its consumer', async ({ expect }) => {
    const job = await stuck({ callback: CALLBACK })
    const all = await Promise.all((['dead', 'succeeded', 'cancelled'] as const).map((as) => resolveJob(db, request(job, as))))
    expect(all.map(({ outcome }) => outcome).toSorted()).toEqual(['moved', 'moved', 'resolved'])
    expect((await readLetters(job.id)).results.length).toBe((await readJob(job))?.['state'] === 'dead' ? 1 : 0)

    const raced = await stuck({ leaseUntil: NOW + 5 })
    const [done, outcome] = await Promise.all([
      finishJobs(db, [endOf(raced, 'succeed', false)], { token: 'old', now: NOW, graceMs: GRACE_MS }),
      resolveJob(db, request(raced, 'retry', { force: true })),
    ])
    expect([done.applied.size === 1, outcome.outcome === 'resolved'].filter(Boolean)).toHaveLength(1)
  })

  it('is known as resolved by who did it, also when an answer of D1 was lost', async ({ expect }) => {
    const job = await stuck()
    const asked = request(job, 'dead')
    let lost = false
    const losing = {
      prepare: (sql: string) => db.prepare(sql),
      async batch(statements: D1PreparedStatement[]) {
        const results = await db.batch(statements)
        if (lost) return results
        lost = true
        throw new Error('D1_ERROR: Network connection lost.')
      },
    } as unknown as D1Database
    expect(await resolveJob(losing, asked)).toMatchObject({ outcome: 'resolved', state: 'dead' })
    expect((await readLetters(job.id)).results).toHaveLength(1)
    expect(await eventsOf(job.id)).toHaveLength(2)
  })

  it('wakes the next of its ordering key when it ends, but not when it is tried again', async ({ expect }) => {
    const [first, second] = (await line(2)) as [JobRow, JobRow]
    await claim([first], NOW - 60_000)
    expect(await resolveJob(db, request(first, 'retry', { force: true }))).toMatchObject({ next: [{ id: first.id }] })
    expect((await claim([second])).outcomes).toEqual(['behind'])
    expect(await resolveJob(db, request(first, 'succeeded'))).toMatchObject({ next: [{ id: second.id }] })
    expect((await claim([second])).outcomes).toEqual(['claimed'])
  })
})

describe('a job that waits', () => {
  it('is cancelled by an operator whoever made it, and the log says by whom', async ({ expect }) => {
    const job = jobRow({ client: null, callback: CALLBACK })
    await insertRows(db, 'jobs', job)
    const by = { reason: 'r', actor: PERSON, auditSeq: ++audited }
    const cancellation = { jobId: job.id, client: null, by, callbackId: testId('job'), now: NOW, graceMs: GRACE_MS }
    const outcome = await cancelJob(db, cancellation)
    expect(outcome).toMatchObject({ kind: 'cancelled', told: true, next: [{ id: cancellation.callbackId }] })
    expect((await eventsOf(job.id))[0]).toMatchObject({ type: 'job.cancelled', data: by })
    const again = await cancelJob(db, { ...cancellation, by: { ...by, auditSeq: ++audited } })
    expect(again).toMatchObject({ kind: 'cancelled', told: false, next: [] })
  })
})

describe('an ordering key that a dead job blocks', () => {
  it('goes on without it, and the job comes back behind the others', async ({ expect }) => {
    const [first, second, third] = (await line(3, { onDeath: 'block' })) as [JobRow, JobRow, JobRow]
    const { token } = await claim([first])
    await finish(first, token, 'die')
    const key = first.orderingKey ?? ''
    expect(await readLine(db, key)).toMatchObject({ first: { id: first.id, state: 'dead' }, waiting: 2, capped: false })
    const asked = { jobId: first.id, generation: 1, reason: 'r', actor: PERSON, now: NOW, graceMs: GRACE_MS }
    expect(await releaseKey(db, { ...asked, generation: 2, auditSeq: ++audited })).toEqual({ outcome: 'not_blocking' })
    const all = await Promise.all([1, 2].map(() => releaseKey(db, { ...asked, auditSeq: ++audited })))
    expect(all.map(({ outcome }) => outcome).toSorted()).toEqual(['not_blocking', 'released'])
    expect(all.find(({ outcome }) => outcome === 'released')).toMatchObject({ next: [{ id: second.id }] })
    expect(await readLine(db, key)).toMatchObject({ first: { id: second.id }, waiting: 1 })
    expect((await readLetters(first.id)).results).toMatchObject([{ status: 'open' }])
    const replay = {
      jobId: first.id,
      generation: 1,
      reason: 'r',
      actor: PERSON,
      auditSeq: ++audited,
      now: NOW,
      graceMs: GRACE_MS,
    }
    expect(await replayJob(db, replay)).toMatchObject({ outcome: 'replayed' })
    const places = await Promise.all([second, third, first].map(async (job) => Number((await readJob(job))?.['n'])))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(await readLine(db, `${key}-none`)).toBeUndefined()
  })
})
