import { beforeAll, describe, it } from 'vitest'
import { type JobDetail, jobDetail } from '@orchestrator/shared/contracts/control-api'
import * as work from '@orchestrator/shared/contracts/work-api'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import {
  attemptJson,
  deadJobRow,
  deadLetterRow,
  eventRow,
  insertRows,
  jobRow,
  testId,
} from '@orchestrator/shared/testing/data-rows'
import { auditLog, issuesOf, read } from '../testing/config.ts'
import { answer, ask, bindings, bindPeople, intentIsOpen, publishTestConfig, withBrokenTable } from '../testing/harness.ts'
import { readJob } from '../testing/jobs.ts'
import { findStuck } from '../jobs/queries.ts'

const db = bindings.DATA_01
beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

async function job(changes: Partial<JobRow> = {}): Promise<JobRow> {
  const row = jobRow({ id: testId('job', 1), inboxId: null, input: '{"id":"sub_1"}', ...changes })
  await insertRows(db, 'jobs', row)
  return row
}
const stuck = (changes: Partial<JobRow> = {}) => job({ state: 'running', token: 'old', leaseUntil: 5_000, ...changes })
const post = (path: string, body: object = {}) =>
  ask(`/v1/${path}`, { method: 'POST', as: 'operator', body: { reason: 'seen at the upstream', ...body } })
const detail = async (id: string) => jobDetail.strict().parse(await read<JobDetail>(`/v1/jobs/${id}`))
const statuses = (responses: Response[]) => responses.map(({ status }) => status).toSorted((a, b) => a - b)

describe('cancelling a job', () => {
  it('ends one that waits, whoever made it, and writes down intent and outcome', async ({ expect }) => {
    const row = await job({ callback: '{"connector":"mail","operation":"tell","queue":"low"}' })
    const done = await answer<work.CancelResponse>(post(`jobs/${row.id}/cancel`))
    expect(work.cancelResponse.strict().parse(done)).toMatchObject({ jobId: row.id, status: 'cancelled' })
    expect(await readJob(row.id)).toMatchObject({ state: 'cancelled', wake_at: null })
    const [outcome, intent] = await auditLog()
    expect(intent).toMatchObject({ action: 'job.cancel_requested', target: row.id, before: { status: 'queued', generation: 1 } })
    expect(outcome).toMatchObject({ action: 'job.cancelled', intentSeq: intent?.seq, seq: done.auditSeq })
    expect(outcome?.after).toMatchObject({ next: [expect.stringMatching(/^job_/) as string] })
    const shown = await detail(row.id)
    expect(shown.events.find(({ type }) => type === 'job.cancelled')?.data).toMatchObject({ auditSeq: intent?.seq })
    expect(await answer(post(`jobs/${row.id}/cancel`))).toMatchObject({ status: 'cancelled', auditSeq: null })
  })

  it('is refused for one that runs or has ended, or is not there', async ({ expect }) => {
    expect((await post(`jobs/${(await stuck()).id}/cancel`)).status).toBe(409)
    expect((await post(`jobs/${(await job({ state: 'succeeded', wakeAt: null })).id}/cancel`)).status).toBe(409)
    expect((await auditLog())[0]).toMatchObject({ action: 'job.cancel_failed', after: { outcome: 'refused' } })
    expect((await post(`jobs/${testId('job', 1)}/cancel`)).status).toBe(404)
  })

  it('is done once when two ask at once', async ({ expect }) => {
    const row = await job()
    expect(statuses(await Promise.all([1, 2].map(() => post(`jobs/${row.id}/cancel`))))).toEqual([200, 200])
    const outcomes = (await auditLog()).filter(({ target, action }) => target === row.id && action === 'job.cancelled')
    expect(outcomes).toHaveLength(1)
  })
})

describe('a stuck job', () => {
  it('is listed with why, shown with its evidence, and resolved', async ({ expect }) => {
    const row = await stuck({ wakeAt: 1_000, resends: 4, lostLeases: 1, nativeDeaths: 2, log: '[810]' })
    await insertRows(db, 'events', eventRow(810, { kind: 'attempt', jobId: row.id, attempt: attemptJson(1, false) }))
    const overdue = await job({ wakeAt: 2_000 })
    await job({ wakeAt: Date.now() })
    const listed = work.stuckJobs.parse(await read('/v1/jobs/stuck'))
    const found = listed.items.filter(({ id }) => id === row.id || id === overdue.id)
    expect(found).toMatchObject([
      { id: overdue.id, why: 'overdue', leaseUntil: null },
      { id: row.id, why: 'lease_ended', leaseUntil: new Date(5_000).toISOString(), resends: 4 },
    ])
    expect((await detail(row.id)).evidence).toEqual({
      claimedAt: expect.any(String) as string,
      leaseUntil: new Date(5_000).toISOString(),
      leaseEnded: true,
      outcomeUnknown: true,
      lostLeases: 1,
      nativeDeaths: 2,
      resends: 4,
      nextLookAt: new Date(1_000).toISOString(),
    })

    const done = await answer<work.ResolveResponse>(post(`jobs/${row.id}/resolve`, { as: 'succeeded' }))
    expect(work.resolveResponse.strict().parse(done)).toMatchObject({ jobId: row.id, generation: 1, status: 'succeeded' })
    expect(await readJob(row.id)).toMatchObject({ state: 'succeeded', token: null, lease_until: null, wake_at: null })
    const [outcome, intent] = await auditLog()
    const wanted = { as: 'succeeded', force: false, generation: 1 }
    expect(intent).toMatchObject({
      action: 'job.resolve_requested',
      target: row.id,
      after: wanted,
      before: { status: 'running' },
    })
    expect(outcome).toMatchObject({ action: 'job.resolved', intentSeq: intent?.seq, after: { ...wanted, status: 'succeeded' } })
    const shown = await detail(row.id)
    expect(shown.events.map(({ type }) => type)).toEqual(['job.resolved', 'job.succeeded'])
    expect(shown.evidence).toMatchObject({ leaseEnded: false, claimedAt: null, nextLookAt: null })
  })

  it('is not taken from a worker that holds it, unless forced', async ({ expect }) => {
    const leaseUntil = Date.now() + 60_000
    const row = await stuck({ leaseUntil })
    const refused = await post(`jobs/${row.id}/resolve`, { as: 'retry' })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ leaseUntil: new Date(leaseUntil).toISOString() })
    expect((await auditLog())[0]).toMatchObject({ action: 'job.resolve_failed', after: { outcome: 'leased' } })
    await answer(post(`jobs/${row.id}/resolve`, { as: 'retry', force: true }))
    expect(await readJob(row.id)).toMatchObject({ state: 'queued', token: null, generation: 1 })
  })

  it('is refused in another generation, once it has ended, and with what makes no sense', async ({ expect }) => {
    const row = await stuck({ generation: 2 })
    expect((await post(`jobs/${row.id}/resolve`, { as: 'retry', generation: 1 })).status).toBe(409)
    expect(await issuesOf(post(`jobs/${row.id}/resolve`, { as: 'done' }))).toHaveProperty('as')
    expect(await issuesOf(post(`jobs/${row.id}/resolve`))).toHaveProperty('as')
    await answer(post(`jobs/${row.id}/resolve`, { as: 'dead' }))
    expect(await read(`/v1/dead-letters/${row.id}.2`)).toMatchObject({ class: 'platform', status: 'open' })
    expect((await post(`jobs/${row.id}/resolve`, { as: 'retry' })).status).toBe(409)
    expect((await post(`jobs/${testId('job', 1)}/resolve`, { as: 'retry' })).status).toBe(404)
  })

  it('is resolved by one of two operators, and nothing is done without an intent', async ({ expect }) => {
    const row = await stuck()
    const all = await Promise.all(['dead', 'cancelled'].map((as) => post(`jobs/${row.id}/resolve`, { as })))
    expect(statuses(all)).toEqual([200, 409])
    const other = await stuck()
    await withBrokenTable(bindings.CONTROL_DB, 'audit_log', async () => {
      expect((await post(`jobs/${other.id}/resolve`, { as: 'dead' })).status).toBe(503)
    })
    expect(await readJob(other.id)).toMatchObject({ state: 'running' })
    await withBrokenTable(db, 'dead_letters', async () => {
      expect((await post(`jobs/${other.id}/resolve`, { as: 'dead' })).status).toBe(503)
    })
    expect(await readJob(other.id)).toMatchObject({ state: 'running' })
    const [intent] = await auditLog()
    expect(intent).toMatchObject({ action: 'job.resolve_requested' })
    expect(await intentIsOpen(intent?.seq)).toBe(true)
  })

  it('is found by the index, however many wait', async ({ expect }) => {
    await db
      .prepare(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO jobs
        (id, state, generation, queue, connector, operation, config_revision, attempts, lost_leases, native_deaths, due_at, wake_at,
          resends, created_at, trace, log)
        SELECT 'job_many' || i, 'queued', 1, 'low', 'b', 'o', 1, 0, 0, 0, 1, 9000000000000 + i, 0, 1, '', '[]' FROM n`,
      )
      .run()
    let rowsRead = 0
    const counting = {
      prepare: (sql: string) => ({
        bind: (...values: unknown[]) => ({
          async all() {
            const result = await db
              .prepare(sql)
              .bind(...values)
              .all()
            rowsRead += result.meta.rows_read
            return result
          },
        }),
      }),
    } as unknown as D1Database
    expect(await findStuck(counting, 'low', 10_000, 250)).toMatchObject({ looked: 250 })
    expect(rowsRead).toBeLessThanOrEqual(501)
    expect(work.stuckJobs.parse(await read('/v1/jobs/stuck')).capped).toBe(true)
    await db.prepare("DELETE FROM jobs WHERE connector = 'b'").run()
  })
})

describe('an ordering key', () => {
  async function blocked(key: string) {
    const first = deadJobRow({ id: testId('job', 1), orderingKey: key, n: 1, onDeath: 'block' })
    await insertRows(db, 'jobs', first)
    await insertRows(db, 'dead_letters', deadLetterRow(first))
    const second = await job({ orderingKey: key, n: 2 })
    return { first, second }
  }
  const lookAt = async (key: string) => {
    const found = await read<work.OrderingKey>(`/v1/ordering-keys?key=${encodeURIComponent(key)}`)
    return work.orderingKey.parse(found)
  }

  it('tells who is first and why, and goes on past a dead job that stays a dead letter', async ({ expect }) => {
    for (const key of ['a/b?c=%2F&d#é', '..', 'client:shop:x y']) {
      const { first, second } = await blocked(key)
      expect(await lookAt(key)).toMatchObject({
        key,
        lines: [{ first: { id: first.id, status: 'dead' }, why: 'blocked', lastError: 'status 500', waiting: 1, capped: false }],
      })
      const done = await answer<work.ReleaseKeyResponse>(post('ordering-keys/release', { key, jobId: first.id }))
      expect(work.releaseKeyResponse.strict().parse(done)).toMatchObject({ key, passed: [first.id], next: [second.id] })
      expect(await lookAt(key)).toMatchObject({ lines: [{ first: { id: second.id }, why: 'due', waiting: 0 }] })
      expect(await read(`/v1/dead-letters/${first.id}.1`)).toMatchObject({ status: 'open' })
      const [outcome, intent] = await auditLog()
      expect(intent).toMatchObject({ action: 'ordering_key.release_requested', before: { jobId: first.id, waiting: 1 } })
      expect(outcome).toMatchObject({ action: 'ordering_key.released', intentSeq: intent?.seq, after: { next: [second.id] } })
      expect((await detail(first.id)).events.at(-1)).toMatchObject({ type: 'ordering_key.released', data: { orderingKey: key } })
    }
  })

  it('is released once, and only where a dead job is first', async ({ expect }) => {
    const { first } = await blocked('contested')
    expect((await post('ordering-keys/release', { key: 'contested', jobId: testId('job', 1) })).status).toBe(409)
    expect(statuses(await Promise.all([1, 2].map(() => post('ordering-keys/release', { key: 'contested' }))))).toEqual([200, 409])
    const free = await post('ordering-keys/release', { key: 'contested' })
    expect(free.status).toBe(409)
    expect((await post('ordering-keys/release', { key: 'nobody' })).status).toBe(404)
    expect(await lookAt('nobody')).toEqual({ key: 'nobody', lines: [] })
    expect(await issuesOf(ask('/v1/ordering-keys', { as: 'viewer' }))).toHaveProperty('key')
    expect(await readJob(first.id)).toMatchObject({ on_death: 'released' })
  })

  it('tells what a living first job waits for', async ({ expect }) => {
    const later = Date.now() + 60_000
    await job({ orderingKey: 'runs', n: 1, state: 'running', token: 't', leaseUntil: later })
    await job({ orderingKey: 'waits', n: 1, state: 'retrying', dueAt: later })
    await job({ orderingKey: 'is-held', n: 1, state: 'held' })
    const at = new Date(later).toISOString()
    expect((await lookAt('runs')).lines).toMatchObject([{ why: 'running', at }])
    expect((await lookAt('waits')).lines).toMatchObject([{ why: 'waits_until', at }])
    expect((await lookAt('is-held')).lines).toMatchObject([{ why: 'held', at: null }])
  })
})
