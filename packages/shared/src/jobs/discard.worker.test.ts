import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { JobRow } from '../db/data-schema.ts'
import { deadJobRow, deadLetterRow, eventRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { orderedJobs } from '../testing/ordered-jobs.ts'
import { discardJob, type DiscardRequest } from './discard.ts'
import { replayJob } from './replay.ts'
import { REST_AFTER_DEATH_MS, reviveDead } from './revive.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const GRACE_MS = 15_000
const { line, claim, finish, readJob } = orderedJobs(db, NOW, GRACE_MS)
const actor = { kind: 'user', id: 'operator@example.com' } as const

const request = (jobId: string, changes: Partial<DiscardRequest> = {}): DiscardRequest => ({
  jobId,
  generation: 1,
  reason: 'refunded by hand',
  actor,
  auditSeq: 7,
  now: NOW,
  graceMs: GRACE_MS,
  ...changes,
})

async function dead(changes: Partial<JobRow> = {}): Promise<string> {
  const job = deadJobRow(changes)
  await insertRows(db, 'jobs', job)
  await insertRows(db, 'dead_letters', deadLetterRow(job))
  return job.id
}

/** Three jobs of one key of which the first lies dead. */
async function deadInLine(onDeath: 'block' | 'release'): Promise<[JobRow, JobRow, JobRow]> {
  const jobs = (await line(3, { onDeath })) as [JobRow, JobRow, JobRow]
  const { token } = await claim([jobs[0]])
  await finish(jobs[0], token, 'die')
  return jobs
}

const readLetter = (id: string) => db.prepare('SELECT * FROM dead_letters WHERE job_id = ?').bind(id).first()
const countEvents = () => db.prepare('SELECT count(*) AS n FROM events').first<number>('n')

describe('a dead job that is discarded', () => {
  it('stays dead, with its dead letter closed, and tells who and why', async ({ expect }) => {
    await insertRows(db, 'events', eventRow(900))
    const id = await dead({ log: '[900]' })
    expect(await discardJob(db, request(id, { auditSeq: 41 }))).toEqual({ outcome: 'discarded', next: [] })
    expect(await readLetter(id)).toMatchObject({ status: 'discarded', closed_at: NOW })
    expect(await readJob({ id })).toMatchObject({ state: 'dead', generation: 1, on_death: null, log: '[900,901]' })
    const row = await db.prepare('SELECT * FROM events WHERE seq = 901').first<{ events: string }>()
    expect(row).toMatchObject({ at: NOW, kind: 'event', job_id: id, connector: 'billing' })
    const data = { reason: 'refunded by hand', actor, auditSeq: 41, generation: 1 }
    expect(JSON.parse(row?.events ?? '')).toEqual([{ type: 'dead_letter.discarded', jobId: id, data }])
  })

  it('is brought back neither by people nor by a redelivery', async ({ expect }) => {
    const inboxId = testId('whk')
    const id = await dead({ inboxId })
    await discardJob(db, request(id))
    const replay = { jobId: id, generation: 1, reason: 'r', actor, auditSeq: 8, now: NOW, graceMs: GRACE_MS }
    expect(await replayJob(db, replay)).toEqual({ outcome: 'already_closed', status: 'discarded' })
    expect(await reviveDead(db, inboxId, { now: NOW + REST_AFTER_DEATH_MS, graceMs: GRACE_MS })).toEqual([])
  })

  it('is discarded once when several ask at the same time', async ({ expect }) => {
    const id = await dead()
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, i) => discardJob(db, request(id, { auditSeq: 100 + i, now: NOW + i }))),
    )
    expect(outcomes.filter(({ outcome }) => outcome === 'discarded')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'already_closed')).toHaveLength(9)
  })

  it('is known again when the answer was lost', async ({ expect }) => {
    const id = await dead()
    await discardJob(db, request(id, { auditSeq: 55 }))
    const events = await countEvents()
    expect(await discardJob(db, request(id, { auditSeq: 55 }))).toEqual({ outcome: 'discarded', next: [] })
    expect(await discardJob(db, request(id, { auditSeq: 56 }))).toEqual({ outcome: 'already_closed', status: 'discarded' })
    expect(await countEvents()).toBe(events)
  })

  it('blocks its ordering key no more: the next one has its turn at once', async ({ expect }) => {
    const [first, second, third] = await deadInLine('block')
    expect((await claim([second])).outcomes).toEqual(['behind'])
    const discarded = await discardJob(db, request(first.id, { auditSeq: 60 }))
    expect(discarded).toMatchObject({ outcome: 'discarded', next: [{ id: second.id, generation: 1, queue: second.queue }] })
    expect(await readJob(first)).toMatchObject({ state: 'dead', on_death: 'release' })
    expect(await readJob(second)).toMatchObject({ wake_at: NOW + GRACE_MS })
    expect(await discardJob(db, request(first.id, { auditSeq: 60 }))).toMatchObject({ next: [{ id: second.id }] })
    const { token, outcomes } = await claim([second])
    expect(outcomes).toEqual(['claimed'])
    expect((await finish(second, token, 'succeed')).next.map(({ id }) => id)).toEqual([third.id])
  })

  it('wakes nobody where another dead job of the key still blocks', async ({ expect }) => {
    const [first, second, third] = await deadInLine('block')
    await db.prepare("UPDATE jobs SET state = 'dead', wake_at = NULL WHERE id = ?").bind(second.id).run()
    await insertRows(db, 'dead_letters', deadLetterRow(second))
    expect(await discardJob(db, request(first.id, { auditSeq: 70 }))).toEqual({ outcome: 'discarded', next: [] })
    expect((await claim([third])).outcomes).toEqual(['behind'])
    expect(await discardJob(db, request(second.id, { auditSeq: 71 }))).toMatchObject({ next: [{ id: third.id }] })
  })
})

describe('a dead letter that is discarded', () => {
  it('leaves a job alone that lives on in a later generation', async ({ expect }) => {
    const job = jobRow({ generation: 2, onDeath: 'block' })
    await insertRows(db, 'jobs', job)
    await insertRows(db, 'dead_letters', deadLetterRow(job, { generation: 1 }))
    expect(await discardJob(db, request(job.id))).toEqual({ outcome: 'discarded', next: [] })
    expect(await readJob(job)).toMatchObject({ state: 'queued', generation: 2, on_death: 'block', wake_at: job.wakeAt })
  })

  it('may hold a message that no job stands behind', async ({ expect }) => {
    const job = jobRow()
    await insertRows(db, 'dead_letters', deadLetterRow(job, { message: '{}', connector: null }))
    expect(await discardJob(db, request(job.id))).toEqual({ outcome: 'discarded', next: [] })
    expect(await readLetter(job.id)).toMatchObject({ status: 'discarded', closed_at: NOW })
    expect(await discardJob(db, request(job.id, { now: NOW + 1 }))).toMatchObject({ outcome: 'already_closed' })
  })

  it('must be there, and open', async ({ expect }) => {
    expect(await discardJob(db, request(testId('job')))).toEqual({ outcome: 'not_found' })
    const job = deadJobRow()
    await insertRows(db, 'jobs', job)
    await insertRows(db, 'dead_letters', deadLetterRow(job, { status: 'replayed', closedAt: 10 }))
    expect(await discardJob(db, request(job.id))).toEqual({ outcome: 'already_closed', status: 'replayed' })
  })
})
