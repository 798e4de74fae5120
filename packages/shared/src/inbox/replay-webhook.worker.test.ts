import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { Route } from '../contracts/config.ts'
import { newId } from '../core/ids.ts'
import type { DataBindings } from '../db/data-db.ts'
import { acceptedWebhook, RECEIVED_AT } from '../testing/accepted-webhook.ts'
import type { AcceptedJob } from './accepted.ts'
import { decideReplay, DOUBLE_CLICK_MS, readStoredWebhook, replayWebhook, type StoredWebhook } from './replay-webhook.ts'
import { storeAccepted } from './store-accepted.ts'

const db = (env as unknown as DataBindings).DATA_00
const NOW = RECEIVED_AT + 3_600_000
const match = (id: string) => ({ route: { id } as Route, orderingKey: null })

async function stored(jobs: number): Promise<StoredWebhook> {
  const record = acceptedWebhook({}, jobs)
  await storeAccepted(db, record, { now: RECEIVED_AT })
  return read(record.id)
}

async function read(id: string): Promise<StoredWebhook> {
  const found = await readStoredWebhook(db, id)
  if (!found) throw new Error(`no webhook ${id}`)
  return found
}

function newJob(changes: Partial<AcceptedJob> = {}): AcceptedJob {
  const id = newId('job', 0, NOW, Math.random)
  const none = { policy: null, delaySeconds: 0, orderingKey: null, onDeath: 'release' as const }
  return { id, state: 'queued', queue: 'low', route: 'late', connector: 'c', operation: 'o', ...none, ...changes }
}

const replayOf = (from: StoredWebhook, jobs: readonly AcceptedJob[]) => ({
  stored: from,
  jobs,
  failures: [],
  reason: 'a route was missing',
  actor: { kind: 'user' as const, id: 'operator@example.com' },
  auditSeq: 7,
  now: NOW,
  configRevision: 9,
  resendGraceMs: 15_000,
})

describe('replaying a stored webhook', () => {
  it('makes jobs of the configuration in force, and the webhook is ignored no more', async ({ expect }) => {
    const before = await stored(0)
    const job = newJob({ state: 'scheduled', delaySeconds: 60, policy: 'patient' })
    expect(await replayWebhook(db, replayOf(before, [job]))).toBe(true)
    const after = await read(before.row.id)
    expect(after.jobs).toEqual([{ id: job.id, route: 'late', state: 'scheduled', createdAt: NOW }])
    expect(after.row.status).toBe('accepted')
    const row = await db.prepare('SELECT * FROM jobs WHERE id = ?').bind(job.id).first()
    expect(row).toMatchObject({
      inbox_id: before.row.id,
      config_revision: 9,
      trace: before.row.trace,
      policy: 'patient',
      due_at: NOW + 60_000,
      wake_at: NOW + 75_000,
      created_at: NOW,
    })
    const [seq] = JSON.parse(String(row?.['log'])) as number[]
    const event = await db.prepare('SELECT inbox_id, events FROM events WHERE seq = ?').bind(seq).first<Record<string, string>>()
    expect(event?.['inbox_id']).toBe(before.row.id)
    expect(JSON.parse(event?.['events'] ?? '')).toMatchObject([
      { type: 'webhook.replayed', data: { reason: 'a route was missing', auditSeq: 7, routes: ['late'] } },
      { type: 'job.scheduled', jobId: job.id },
    ])
  })

  it('keeps the jobs it had', async ({ expect }) => {
    const before = await stored(2)
    const job = newJob()
    await replayWebhook(db, replayOf(before, [job]))
    expect((await read(before.row.id)).jobs.map(({ id }) => id)).toEqual([...before.jobs.map(({ id }) => id), job.id])
  })

  it('is written once, and tells who comes second that somebody else was quicker', async ({ expect }) => {
    const before = await stored(0)
    const mine = replayOf(before, [newJob()])
    expect(await replayWebhook(db, mine)).toBe(true)
    expect(await replayWebhook(db, mine)).toBe(true)
    expect(await replayWebhook(db, replayOf(before, [newJob()]))).toBe(false)
    const after = await read(before.row.id)
    expect(after.jobs).toHaveLength(1)
    expect(JSON.parse(after.row.log)).toHaveLength(2)
  })

  it('places ordered jobs behind all that came before', async ({ expect }) => {
    const orderingKey = crypto.randomUUID()
    const before = await stored(0)
    await storeAccepted(db, { ...acceptedWebhook(), jobs: [newJob({ orderingKey })] }, { now: NOW })
    const jobs = [newJob({ orderingKey, route: 'a' }), newJob({ orderingKey, route: 'b' })]
    await replayWebhook(db, replayOf(before, jobs))
    const found = await db
      .prepare('SELECT id FROM jobs WHERE ordering_key = ? ORDER BY n')
      .bind(orderingKey)
      .all<{ id: string }>()
    expect(found.results.slice(1).map(({ id }) => id)).toEqual(jobs.map(({ id }) => id))
  })
})

describe('which routes get a new job', () => {
  const row = { receivedAt: RECEIVED_AT }
  const job = (state: 'running' | 'succeeded' | 'dead' | 'held', createdAt: number) => ({
    id: `j-${state}`,
    route: 'r',
    state,
    createdAt,
  })
  const decide = (jobs: StoredWebhook['jobs']) => decideReplay({ row, jobs }, [match('r')], NOW)

  it('is every one without a job, or whose job is over', ({ expect }) => {
    for (const jobs of [
      [],
      [job('succeeded', RECEIVED_AT)],
      [job('dead', RECEIVED_AT)],
      [job('succeeded', NOW - DOUBLE_CLICK_MS)],
    ]) {
      expect(decide(jobs)).toEqual({ create: [match('r')], kept: [] })
    }
  })

  it('is none whose job is alive, or was made by a replay a moment ago', ({ expect }) => {
    for (const standing of [job('running', RECEIVED_AT), job('held', RECEIVED_AT), job('succeeded', NOW - 1), job('dead', NOW)]) {
      expect(decide([standing])).toEqual({ create: [], kept: [{ id: standing.id, route: 'r' }] })
    }
  })

  it('does not take the arrival itself for a replay, however short ago it was', ({ expect }) => {
    const jobs = [job('succeeded', NOW - 10)]
    expect(decideReplay({ row: { receivedAt: NOW - 10 }, jobs }, [match('r')], NOW).create).toHaveLength(1)
  })

  it('looks at each route by itself', ({ expect }) => {
    const decided = decideReplay({ row, jobs: [job('running', RECEIVED_AT)] }, [match('r'), match('other')], NOW)
    expect([decided.create, decided.kept.map(({ route }) => route)]).toEqual([[match('other')], ['r']])
  })
})
