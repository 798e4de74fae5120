import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { deadJobRow, deadLetterRow, eventRow, inboxRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { fingerprintOf } from './fingerprint.ts'
import { receiveDeathNotice } from './native-death-notice.ts'
import { keepOrphanMessage, recordNativeDeath } from './native-death.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const death = (jobId: string, generation = 1) => ({ jobId, generation, now: NOW, callbackId: testId('job') })
const readJob = (id: string) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()
const readLetters = async (id: string) => (await db.prepare('SELECT * FROM dead_letters WHERE job_id = ?').bind(id).all()).results

describe('a job message that the platform gave up', () => {
  it('shows a live job to the sweep at once and leaves it alive', async ({ expect }) => {
    const job = jobRow({ state: 'retrying', wakeAt: 900_000, attempts: 2 })
    await insertRows(db, 'jobs', job)
    expect(await recordNativeDeath(db, death(job.id))).toEqual({ outcome: 'woken', nativeDeaths: 1 })
    expect(await readJob(job.id)).toMatchObject({ state: 'retrying', wake_at: NOW, native_deaths: 1, attempts: 2 })
    expect(await readLetters(job.id)).toEqual([])
  })

  it('lays the job aside as dead, class platform, the fifth time', async ({ expect }) => {
    const webhook = inboxRow({ type: 'invoice.paid' })
    const job = jobRow({ inboxId: webhook.id })
    await insertRows(db, 'inbox', webhook)
    await insertRows(db, 'jobs', job)
    for (let n = 1; n <= 4; n++) {
      expect(await recordNativeDeath(db, death(job.id))).toEqual({ outcome: 'woken', nativeDeaths: n })
    }
    expect(await recordNativeDeath(db, death(job.id))).toEqual({ outcome: 'died' })
    expect(await readJob(job.id)).toMatchObject({ state: 'dead', wake_at: null, finished_at: NOW, native_deaths: 5 })
    const letters = await readLetters(job.id)
    expect(letters).toHaveLength(1)
    expect(letters[0]).toMatchObject({ class: 'platform', status: 'open', queue: 'webhook', connector: 'billing', died_at: NOW })
    const fingerprint = fingerprintOf('platform', 'billing', String(letters[0]?.['error']))
    expect(letters[0]).toMatchObject({ provider: 'stripe', event_type: 'invoice.paid', fingerprint })
    const log = JSON.parse(String((await readJob(job.id))?.['log'])) as number[]
    expect(log).toHaveLength(5)
    expect(new Set(log).size).toBe(5)
    const last = await db.prepare('SELECT events FROM events WHERE seq = ?').bind(log.at(-1)).first<string>('events')
    expect(JSON.parse(last ?? '[]')).toMatchObject([{ type: 'job.dead', jobId: job.id, data: { class: 'platform' } }])
    expect(await recordNativeDeath(db, death(job.id))).toEqual({ outcome: 'stale' })
  })

  it('never kills a job that is being worked on', async ({ expect }) => {
    const job = jobRow({ state: 'running', nativeDeaths: 4, token: 't', leaseUntil: NOW + 1 })
    await insertRows(db, 'jobs', job)
    expect(await recordNativeDeath(db, death(job.id))).toEqual({ outcome: 'woken', nativeDeaths: 5 })
    expect(await readJob(job.id)).toMatchObject({ state: 'running', token: 't', lease_until: NOW + 1 })
    expect(await recordNativeDeath(db, { ...death(job.id), now: NOW + 1 })).toEqual({ outcome: 'woken', nativeDeaths: 6 })
    expect(await recordNativeDeath(db, { ...death(job.id), now: NOW + 2 })).toEqual({ outcome: 'died' })
    const killed = await readJob(job.id)
    expect(killed).toMatchObject({ state: 'dead', lost_leases: 1 })
    const seq = (JSON.parse(String(killed?.['log'])) as number[]).at(-1)
    const last = await db.prepare('SELECT events FROM events WHERE seq = ?').bind(seq).first<string>('events')
    expect(JSON.parse(last ?? '[]')).toMatchObject([
      { type: 'job.lease_expired', jobId: job.id, data: { lostLeases: 1, generation: 1 } },
      { type: 'job.dead', jobId: job.id },
    ])
  })

  it('ignores messages of earlier generations and of finished jobs', async ({ expect }) => {
    const later = jobRow({ generation: 2 })
    const done = jobRow({ state: 'succeeded', wakeAt: null })
    await insertRows(db, 'jobs', later, done)
    expect(await recordNativeDeath(db, death(later.id, 1))).toEqual({ outcome: 'stale' })
    expect(await recordNativeDeath(db, death(done.id))).toEqual({ outcome: 'stale' })
    expect(await readJob(later.id)).toMatchObject({ native_deaths: 0, wake_at: 16_000 })
  })

  it('says when no job stands behind it, and keeps the message once', async ({ expect }) => {
    const id = testId('job')
    expect(await recordNativeDeath(db, death(id))).toEqual({ outcome: 'unknown_job' })
    const orphan = { id, generation: 1, queue: 'low' as const, error: 'no such job', message: '{"a":1}', now: NOW }
    await keepOrphanMessage(db, orphan)
    await keepOrphanMessage(db, orphan)
    expect(await readLetters(id)).toMatchObject([
      {
        class: 'poison',
        queue: 'low',
        message: '{"a":1}',
        status: 'open',
        attempts: 0,
        fingerprint: fingerprintOf('poison', null, 'no such job'),
      },
    ])
  })
})

describe('a notice of a death', () => {
  const notice = (jobId: string, generation = 1) => ({ jobId, generation, now: NOW, callbackId: testId('job') })

  it('changes nothing when the dead letter is there', async ({ expect }) => {
    const job = deadJobRow()
    await insertRows(db, 'jobs', job)
    await insertRows(db, 'dead_letters', deadLetterRow(job, { class: 'timeout' }))
    expect(await receiveDeathNotice(db, notice(job.id))).toEqual({ outcome: 'known' })
    expect(await readLetters(job.id)).toMatchObject([{ class: 'timeout' }])
  })

  it('writes a missing dead letter from the job and the event of its death', async ({ expect }) => {
    const webhook = inboxRow({ type: 'invoice.paid' })
    await insertRows(db, 'inbox', webhook)
    const job = deadJobRow({ log: '[700]', inboxId: webhook.id })
    const events = JSON.stringify([{ type: 'job.dead', jobId: job.id, data: { class: 'upstream_rejected' } }])
    await insertRows(db, 'events', eventRow(700, { jobId: job.id, events }))
    await insertRows(db, 'jobs', job)
    expect(await receiveDeathNotice(db, notice(job.id))).toEqual({ outcome: 'restored' })
    expect(await readLetters(job.id)).toMatchObject([
      { class: 'upstream_rejected', error: 'status 500', attempts: 4, died_at: 9_000, status: 'open', generation: 1 },
    ])
    const fingerprint = fingerprintOf('upstream_rejected', 'billing', 'status 500')
    expect(await readLetters(job.id)).toMatchObject([{ provider: 'stripe', event_type: 'invoice.paid', fingerprint }])
  })

  it('is stale when the job was replayed meanwhile, and unknown when there is no job', async ({ expect }) => {
    const job = jobRow({ generation: 2 })
    await insertRows(db, 'jobs', job)
    expect(await receiveDeathNotice(db, notice(job.id))).toEqual({ outcome: 'stale' })
    expect(await receiveDeathNotice(db, notice(testId('job')))).toEqual({ outcome: 'unknown_job' })
  })
})
