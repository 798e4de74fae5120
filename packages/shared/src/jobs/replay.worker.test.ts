import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { JobRow } from '../db/data-schema.ts'
import { deadJobRow, deadLetterRow, eventRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { replayJob, type ReplayRequest } from './replay.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const GRACE = 15_000

const request = (jobId: string, changes: Partial<ReplayRequest> = {}): ReplayRequest => ({
  jobId,
  generation: 1,
  reason: 'billing is back',
  actor: { kind: 'user', id: 'operator@example.com' },
  auditSeq: 7,
  now: NOW,
  graceMs: GRACE,
  ...changes,
})

async function dead(changes: Partial<JobRow> = {}): Promise<string> {
  const job = deadJobRow(changes)
  await insertRows(db, 'jobs', job)
  await insertRows(db, 'dead_letters', deadLetterRow(job))
  return job.id
}

const readJob = (id: string) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()
const readLetter = (id: string) => db.prepare('SELECT * FROM dead_letters WHERE job_id = ?').bind(id).first()
const countEvents = () => db.prepare('SELECT count(*) AS n FROM events').first<number>('n')

describe('replay of a dead job', () => {
  it('queues it one generation on with a clean slate, and closes the dead letter', async ({ expect }) => {
    await insertRows(db, 'events', eventRow(900))
    const id = await dead({ log: '[900]', nativeDeaths: 3, token: 'old', result: '{}' })
    const outcome = await replayJob(db, request(id))
    expect(outcome).toMatchObject({ outcome: 'replayed', jobId: id, generation: 2, queue: 'webhook' })
    expect(await readJob(id)).toMatchObject({
      state: 'queued',
      generation: 2,
      attempts: 0,
      lost_leases: 0,
      native_deaths: 0,
      resends: 0,
      token: null,
      lease_until: null,
      first_started_at: null,
      finished_at: null,
      due_at: NOW,
      wake_at: NOW + GRACE,
      last_error: 'status 500',
      config_revision: 1,
      log: '[900,901]',
    })
    expect(await readLetter(id)).toMatchObject({ status: 'replayed', closed_at: NOW })
  })

  it('changes what it is told to change, once and for all generations after', async ({ expect }) => {
    const id = await dead({ input: '{"a":1}', token: 'old' })
    const change = { configRevision: 7, newKey: true, input: { input: null, inputKey: `job-inputs/${id}` } }
    expect(await replayJob(db, request(id, { change, told: { edited: true } }))).toMatchObject({ outcome: 'replayed' })
    const changed = { config_revision: 7, key_generation: 2, input: null, input_key: `job-inputs/${id}` }
    expect(await readJob(id)).toMatchObject({ ...changed, generation: 2 })
    const told = await db.prepare('SELECT events FROM events WHERE job_id = ?').bind(id).first<string>('events')
    expect(JSON.parse(told ?? '[]')).toMatchObject([{ type: 'job.replayed', data: { edited: true, auditSeq: 7 } }])

    await db.prepare("UPDATE jobs SET state = 'dead', wake_at = NULL WHERE id = ?").bind(id).run()
    await insertRows(db, 'dead_letters', deadLetterRow(deadJobRow({ id, generation: 2 })))
    expect(await replayJob(db, request(id, { generation: 2, auditSeq: 8 }))).toMatchObject({ outcome: 'replayed' })
    expect(await readJob(id)).toMatchObject({ ...changed, generation: 3 })
  })

  it('writes an event with who, why and the audit entry', async ({ expect }) => {
    const id = await dead()
    await replayJob(db, request(id, { auditSeq: 41 }))
    const row = await db
      .prepare('SELECT * FROM events WHERE job_id = ?')
      .bind(id)
      .first<{ events: string; at: number; kind: string }>()
    expect(row).toMatchObject({ at: NOW, kind: 'event' })
    expect(JSON.parse(row?.events ?? '[]')).toEqual([
      {
        type: 'job.replayed',
        jobId: id,
        data: {
          reason: 'billing is back',
          actor: { kind: 'user', id: 'operator@example.com' },
          auditSeq: 41,
          fromGeneration: 1,
        },
      },
    ])
  })

  it('is done once when several ask at the same time', async ({ expect }) => {
    const id = await dead()
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, i) => replayJob(db, request(id, { auditSeq: 100 + i }))))
    expect(outcomes.filter((one) => one.outcome === 'replayed')).toHaveLength(1)
    expect(outcomes.filter((one) => one.outcome === 'already_closed')).toHaveLength(9)
    expect(await readJob(id)).toMatchObject({ generation: 2 })
  })

  it('recognises its own work when it has to ask again', async ({ expect }) => {
    const id = await dead()
    await replayJob(db, request(id, { auditSeq: 55 }))
    const events = await countEvents()
    expect(await replayJob(db, request(id, { auditSeq: 55 }))).toMatchObject({ outcome: 'replayed', generation: 2 })
    expect(await replayJob(db, request(id, { auditSeq: 56 }))).toEqual({ outcome: 'already_closed', status: 'replayed' })
    expect(await countEvents()).toBe(events)
  })

  it('changes nothing about a job that lives', async ({ expect }) => {
    const job = jobRow({ state: 'running' })
    await insertRows(db, 'jobs', job)
    await insertRows(db, 'dead_letters', deadLetterRow(job))
    const before = await readJob(job.id)
    expect(await replayJob(db, request(job.id))).toEqual({ outcome: 'not_dead', state: 'running', generation: 1 })
    expect(await readJob(job.id)).toEqual(before)
    expect(await readLetter(job.id)).toMatchObject({ status: 'open' })
  })

  it('does not revive a job for the dead letter of an earlier generation', async ({ expect }) => {
    const job = deadJobRow({ generation: 3 })
    await insertRows(db, 'jobs', job)
    await insertRows(db, 'dead_letters', deadLetterRow(job, { generation: 2 }))
    expect(await replayJob(db, request(job.id, { generation: 2 }))).toEqual({ outcome: 'not_dead', state: 'dead', generation: 3 })
    expect(await readJob(job.id)).toMatchObject({ state: 'dead', generation: 3 })
  })

  it('does not revive a dead job whose dead letter was closed in another way', async ({ expect }) => {
    const job = deadJobRow()
    await insertRows(db, 'jobs', job)
    await insertRows(db, 'dead_letters', deadLetterRow(job, { status: 'discarded', closedAt: 10 }))
    expect(await replayJob(db, request(job.id))).toEqual({ outcome: 'already_closed', status: 'discarded' })
    expect(await readJob(job.id)).toMatchObject({ state: 'dead', generation: 1 })
  })

  it('says so when the dead letter only holds a message, or is not there', async ({ expect }) => {
    const job = jobRow()
    await insertRows(db, 'dead_letters', deadLetterRow(job, { message: '{}' }))
    expect(await replayJob(db, request(job.id))).toEqual({ outcome: 'no_job' })
    expect(await replayJob(db, request(testId('job')))).toEqual({ outcome: 'not_found' })
  })
})
