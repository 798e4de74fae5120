import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { EventRow, InboxRow, JobRow } from '../db/data-schema.ts'
import { EVENT_COLUMNS, INBOX_COLUMNS, JOB_COLUMNS, selectList } from '../db/columns.ts'
import { shardDb, type DataBindings } from '../db/data-db.ts'
import type { JobMessage } from '../contracts/queue.ts'
import { payloadKey } from '../payloads/body.ts'
import { serialiseAccepted, type AcceptedWebhook } from './accepted.ts'
import { fallbackKey, restoreFallbackObject, restoreFallbackText, type RestoreDeps } from './restore-accepted.ts'
import { acceptedWebhook as webhook, RECEIVED_AT as NOW } from '../testing/accepted-webhook.ts'
import { storeAccepted, storeStatements } from './store-accepted.ts'

const bindings = env as unknown as DataBindings & { PAYLOADS: R2Bucket }
const db = bindings.DATA_00
const DAY = 86_400_000

async function rowsOf(record: { id: string }) {
  const [inbox, jobs, events] = await db.batch<Record<string, unknown>>([
    db.prepare(`SELECT ${selectList(INBOX_COLUMNS)} FROM inbox WHERE id = ?`).bind(record.id),
    db.prepare(`SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE inbox_id = ? ORDER BY route`).bind(record.id),
    db.prepare(`SELECT ${selectList(EVENT_COLUMNS)} FROM events WHERE inbox_id = ? ORDER BY seq`).bind(record.id),
  ])
  return {
    inbox: (inbox?.results ?? []) as unknown as InboxRow[],
    jobs: (jobs?.results ?? []) as unknown as JobRow[],
    events: (events?.results ?? []) as unknown as EventRow[],
  }
}

async function rowsWritten(record: AcceptedWebhook): Promise<number> {
  const results = await db.batch(storeStatements(db, record, { now: NOW }))
  return results.reduce((sum, { meta }) => sum + meta.rows_written, 0)
}

describe('storeAccepted', () => {
  it('writes the inbox row, its job and its event, each knowing the other', async ({ expect }) => {
    const record = webhook()
    expect(await storeAccepted(db, record, { now: NOW })).toEqual({ outcome: 'accepted', id: record.id })
    const { inbox, jobs, events } = await rowsOf(record)
    const seq = events[0]?.seq
    expect(inbox).toMatchObject([
      { id: record.id, status: 'accepted', body: '"Ł"', eventId: 'evt_1', configRevision: 3, log: `[${seq}]` },
    ])
    expect(JSON.parse(inbox[0]?.headers ?? '')).toEqual(record.headers)
    expect(jobs).toMatchObject([
      {
        id: record.jobs[0]?.id,
        state: 'queued',
        generation: 1,
        queue: 'webhook',
        provider: 'stripe',
        connector: 'billing',
        input: null,
        token: null,
        attempts: 0,
        dueAt: NOW,
        wakeAt: NOW + 15_000,
        createdAt: NOW,
        finishedAt: null,
        log: `[${seq}]`,
      },
    ])
    expect(events).toHaveLength(1)
    expect(JSON.parse(events[0]?.events ?? '')).toMatchObject([
      { type: 'webhook.accepted' },
      { type: 'job.queued', jobId: record.jobs[0]?.id },
    ])
  })

  it('writes 5 rows for one route, 3 when ignored, 0 for a duplicate and 0 for the same batch again', async ({ expect }) => {
    const record = webhook()
    expect(await rowsWritten(record)).toBe(5)
    expect(await rowsWritten(record)).toBe(0)
    expect(await rowsWritten({ ...webhook(), dedupeKeys: record.dedupeKeys })).toBe(0)
    expect(await rowsWritten(webhook({}, 0))).toBe(3)
  })

  it('answers the same when the same batch comes again', async ({ expect }) => {
    const record = webhook({}, 2)
    const first = await storeAccepted(db, record, { now: NOW })
    expect(await storeAccepted(db, record, { now: NOW + 60_000 })).toEqual(first)
    const { inbox, jobs, events } = await rowsOf(record)
    expect([inbox.length, jobs.length, events.length]).toEqual([1, 2, 1])
    expect(jobs.map(({ wakeAt }) => wakeAt)).toEqual([NOW + 15_000, NOW + 15_000])
  })

  it('answers a duplicate with the id of the first, and leaves nothing of the second', async ({ expect }) => {
    const first = webhook()
    const second = webhook({ dedupeKeys: first.dedupeKeys })
    await storeAccepted(db, first, { now: NOW })
    expect(await storeAccepted(db, second, { now: NOW })).toEqual({ outcome: 'duplicate', id: first.id, dead: false })
    expect(await rowsOf(second)).toEqual({ inbox: [], jobs: [], events: [] })
  })

  it('sees a duplicate by any of two keys, and takes both or none', async ({ expect }) => {
    const first = webhook({ dedupeKeys: [`id:${crypto.randomUUID()}`, `sha256:${crypto.randomUUID()}`] })
    await storeAccepted(db, first, { now: NOW })
    const [id = '', content = ''] = first.dedupeKeys
    for (const dedupeKeys of [[id, 'sha256:another body'], ['id:a new one', content], [content]]) {
      const again = webhook({ dedupeKeys })
      expect(await storeAccepted(db, again, { now: NOW })).toEqual({ outcome: 'duplicate', id: first.id, dead: false })
      expect(await rowsOf(again)).toEqual({ inbox: [], jobs: [], events: [] })
    }
    const fresh = webhook({ dedupeKeys: ['id:a new one', 'sha256:another body'] })
    expect((await storeAccepted(db, fresh, { now: NOW })).outcome).toBe('accepted')
  })

  it('reads as many rows of a provider with a thousand webhooks as of one with none', async ({ expect }) => {
    const reads = async (record: AcceptedWebhook) => {
      const results = await db.batch(storeStatements(db, record, { now: NOW }))
      return results.reduce((sum, { meta }) => sum + meta.rows_read, 0)
    }
    const two = () => [`id:${crypto.randomUUID()}`, `sha256:${crypto.randomUUID()}`]
    const before = [await reads(webhook()), await reads(webhook({ dedupeKeys: two() }))]
    await db
      .prepare("INSERT INTO dedupe (provider, key, inbox_id, at) SELECT 'stripe', 'filler ' || value, 'x', ?1 FROM json_each(?2)")
      .bind(NOW, JSON.stringify(Array.from({ length: 1_000 }, (_, i) => i)))
      .run()
    expect([await reads(webhook()), await reads(webhook({ dedupeKeys: two() }))]).toEqual(before)
  })

  it('is no duplicate of one that came after its window, however late it is restored itself', async ({ expect }) => {
    const early = webhook({ dedupeWindowMs: 1_000 })
    const later = webhook({ dedupeKeys: early.dedupeKeys, dedupeWindowMs: 1_000, receivedAt: early.receivedAt + 100_000 })
    await storeAccepted(db, later, { now: NOW })
    const restored = { now: NOW + 200_000, restoredFrom: 'r2' as const }
    expect(await storeAccepted(db, early, restored)).toEqual({ outcome: 'accepted', id: early.id })
    expect(await storeAccepted(db, early, restored)).toEqual({ outcome: 'accepted', id: early.id })
    expect((await rowsOf(early)).events).toHaveLength(1)
    const again = webhook({ dedupeKeys: early.dedupeKeys, dedupeWindowMs: 1_000, receivedAt: later.receivedAt + 500 })
    expect(await storeAccepted(db, again, { now: NOW })).toMatchObject({ outcome: 'duplicate', id: later.id })
  })

  it('accepts one of 50 at once', async ({ expect }) => {
    const dedupeKeys = [`id:${crypto.randomUUID()}`]
    const records = Array.from({ length: 50 }, () => webhook({ dedupeKeys }))
    const results = await Promise.all(records.map((record) => storeAccepted(db, record, { now: NOW })))
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
    expect(new Set(results.map(({ id }) => id)).size).toBe(1)
    const { jobs } = await rowsOf({ id: results[0]?.id ?? '' })
    expect(jobs).toHaveLength(1)
  })

  it('takes the key again when the window has passed, and not before', async ({ expect }) => {
    const first = webhook()
    await storeAccepted(db, first, { now: NOW })
    const inside = webhook({ dedupeKeys: first.dedupeKeys, receivedAt: NOW + 7 * DAY - 1 })
    expect(await storeAccepted(db, inside, { now: NOW })).toEqual({ outcome: 'duplicate', id: first.id, dead: false })
    const after = webhook({ dedupeKeys: first.dedupeKeys, receivedAt: NOW + 7 * DAY })
    expect(await storeAccepted(db, after, { now: NOW })).toEqual({ outcome: 'accepted', id: after.id })
    // The first one's batch, repeated late, neither doubles nor takes the key back.
    expect(await storeAccepted(db, first, { now: NOW })).toEqual({ outcome: 'accepted', id: first.id })
    expect((await rowsOf(first)).events).toHaveLength(1)
    const late = webhook({ dedupeKeys: first.dedupeKeys, receivedAt: NOW + 1 })
    expect(await storeAccepted(db, late, { now: NOW })).toMatchObject({ outcome: 'duplicate', id: after.id })
  })

  it('keeps providers apart and remembers ignored webhooks too', async ({ expect }) => {
    const record = webhook({ note: 'not_json' }, 0)
    expect(await storeAccepted(db, record, { now: NOW })).toEqual({ outcome: 'ignored', id: record.id })
    const elsewhere = webhook({ dedupeKeys: record.dedupeKeys, provider: 'stripe-eu' }, 0)
    expect((await storeAccepted(db, elsewhere, { now: NOW })).outcome).toBe('ignored')
    expect((await storeAccepted(db, webhook({ dedupeKeys: record.dedupeKeys }), { now: NOW })).outcome).toBe('duplicate')
    const { events } = await rowsOf(record)
    expect(JSON.parse(events[0]?.events ?? '')).toEqual([
      { type: 'webhook.ignored', data: { eventType: 'invoice.paid', note: 'not_json' } },
    ])
  })

  it('fails as a whole: a batch that D1 refuses leaves nothing', async ({ expect }) => {
    const record = webhook()
    const incomplete = storeStatements(db, record, { now: NOW }).concat(db.prepare('INSERT INTO inbox (id) VALUES (?)').bind('x'))
    await expect(db.batch(incomplete)).rejects.toThrow()
    expect(await rowsOf(record)).toEqual({ inbox: [], jobs: [], events: [] })
    expect((await storeAccepted(db, record, { now: NOW })).outcome).toBe('accepted')
  })
})

function restoreDeps(changes: Partial<RestoreDeps> = {}) {
  const sent: JobMessage[] = []
  const deps: RestoreDeps = {
    dbOf: () => shardDb(bindings, 0),
    bucket: bindings.PAYLOADS,
    sendJobs: async (_queue, messages) => void sent.push(...messages.map(({ body }) => body)),
    now: () => NOW + 60_000,
    ...changes,
  }
  return { deps, sent }
}

async function putFallback(record: AcceptedWebhook): Promise<string> {
  await bindings.PAYLOADS.put(fallbackKey(record.id), serialiseAccepted(record))
  return fallbackKey(record.id)
}

describe('restoring what DATA could not take', () => {
  it('stores the R2 object, says so in the event, sends the job, and deletes the object', async ({ expect }) => {
    const record = webhook()
    const key = await putFallback(record)
    const { deps, sent } = restoreDeps()
    expect(await restoreFallbackObject(deps, key)).toEqual({ outcome: 'restored', id: record.id, jobs: 1 })
    const { events, jobs } = await rowsOf(record)
    expect(JSON.parse(events[0]?.events ?? '')[1]).toEqual({
      type: 'webhook.restored',
      data: { from: 'r2', waitedMs: 60_000 },
    })
    expect(jobs).toMatchObject([{ dueAt: NOW + 60_000, wakeAt: NOW + 75_000, createdAt: NOW }])
    expect(sent).toEqual([{ kind: 'job', jobId: record.jobs[0]?.id, generation: 1, trace: record.trace }])
    expect(await restoreFallbackObject(deps, key)).toEqual({ outcome: 'gone', key })
  })

  it('keeps the object while a queue cannot be reached, and doubles nothing afterwards', async ({ expect }) => {
    const record = webhook()
    const key = await putFallback(record)
    const { deps: failing } = restoreDeps({ sendJobs: () => Promise.reject(new Error('queue down')) })
    await expect(restoreFallbackObject(failing, key)).rejects.toThrow('queue down')
    expect(await bindings.PAYLOADS.head(key)).not.toBeNull()
    const { deps, sent } = restoreDeps()
    expect(await restoreFallbackObject(deps, key)).toMatchObject({ outcome: 'restored' })
    expect(sent).toHaveLength(1)
    const { inbox, jobs, events } = await rowsOf(record)
    expect([inbox.length, jobs.length, events.length]).toEqual([1, 1, 1])
  })

  it('keeps the object while D1 is not there', async ({ expect }) => {
    const key = await putFallback(webhook())
    await expect(restoreFallbackObject(restoreDeps({ dbOf: () => undefined }).deps, key)).rejects.toThrow('no database')
    expect(await bindings.PAYLOADS.head(key)).not.toBeNull()
  })

  it('sees a delivery that came again in the meantime, and drops its own payload', async ({ expect }) => {
    const counted = webhook()
    await storeAccepted(db, counted, { now: NOW })
    const late = webhook({ dedupeKeys: counted.dedupeKeys })
    const record: AcceptedWebhook = { ...late, bodyEncoding: 'r2', body: payloadKey(late.id) }
    await bindings.PAYLOADS.put(record.body, 'big')
    const { deps, sent } = restoreDeps()
    expect(await restoreFallbackText(deps, serialiseAccepted(record))).toEqual({ outcome: 'duplicate', id: counted.id })
    expect(sent).toEqual([])
    expect(await bindings.PAYLOADS.head(record.body)).toBeNull()
  })

  it('never throws away what it cannot read', async ({ expect }) => {
    const key = fallbackKey('whk_damaged')
    await bindings.PAYLOADS.put(key, '{"half')
    expect(await restoreFallbackObject(restoreDeps().deps, key)).toEqual({ outcome: 'unreadable', key })
    expect(await bindings.PAYLOADS.head(key)).not.toBeNull()
    expect(await restoreFallbackText(restoreDeps().deps, 'x')).toEqual({ outcome: 'unreadable', key: null })
  })

  it('sends nothing for a held job', async ({ expect }) => {
    const base = webhook()
    const record = { ...base, jobs: base.jobs.map((job) => ({ ...job, state: 'held' as const })) }
    const { deps, sent } = restoreDeps()
    expect(await restoreFallbackText(deps, serialiseAccepted(record))).toMatchObject({ outcome: 'restored' })
    expect(sent).toEqual([])
    expect((await rowsOf(record)).jobs).toMatchObject([{ state: 'held' }])
  })
})
