import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { INBOX_COLUMNS, JOB_COLUMNS, selectList } from '../db/columns.ts'
import type { DataBindings } from '../db/data-db.ts'
import type { EventRow, InboxRow, JobRow } from '../db/data-schema.ts'
import { acceptedWebhook as webhook, RECEIVED_AT as NOW } from '../testing/accepted-webhook.ts'
import type { AcceptedWebhook } from './accepted.ts'
import { storeAccepted, storeStatements } from './store-accepted.ts'

const db = (env as unknown as DataBindings).DATA_00
const DAY = 86_400_000

async function rowsOf({ id }: { id: string }) {
  const all = async <T>(sql: string) => (await db.prepare(sql).bind(id).all<T>()).results
  return {
    inbox: await all<InboxRow>(`SELECT ${selectList(INBOX_COLUMNS)} FROM inbox WHERE id = ?`),
    jobs: await all<JobRow>(`SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE inbox_id = ? ORDER BY route`),
    events: await all<EventRow>('SELECT * FROM events WHERE inbox_id = ? ORDER BY seq'),
  }
}

async function rowsWritten(record: AcceptedWebhook): Promise<number> {
  const results = await db.batch(storeStatements(db, record, { now: NOW }))
  return results.reduce((sum, { meta }) => sum + meta.rows_written, 0)
}

describe('jobs that wait', () => {
  const DAY_SECONDS = DAY / 1_000
  const withJob = (changes: Partial<AcceptedWebhook['jobs'][number]>) => {
    const record = webhook()
    return { ...record, jobs: record.jobs.map((job) => ({ ...job, ...changes })) }
  }

  it('are due after their delay, which counts from the arrival, and are looked at one grace later', async ({ expect }) => {
    const record = withJob({ state: 'scheduled', delaySeconds: 60, policy: 'patient' })
    await storeAccepted(db, record, { now: NOW + 20_000, restoredFrom: 'r2' })
    const { jobs, events } = await rowsOf(record)
    expect(jobs).toMatchObject([{ state: 'scheduled', dueAt: NOW + 60_000, wakeAt: NOW + 75_000, policy: 'patient' }])
    expect(JSON.parse(events[0]?.events ?? '')).toContainEqual(expect.objectContaining({ type: 'job.scheduled' }))
  })

  it('are due at once when they come in after that', async ({ expect }) => {
    const record = withJob({ state: 'scheduled', delaySeconds: 60 })
    await storeAccepted(db, record, { now: NOW + 90_000, restoredFrom: 'r2' })
    expect((await rowsOf(record)).jobs).toMatchObject([{ dueAt: NOW + 90_000, wakeAt: NOW + 105_000 }])
  })

  it('are looked at on time where no queue delays that long', async ({ expect }) => {
    const record = withJob({ state: 'scheduled', delaySeconds: 2 * DAY_SECONDS })
    await storeAccepted(db, record, { now: NOW })
    expect((await rowsOf(record)).jobs).toMatchObject([{ dueAt: NOW + 2 * DAY, wakeAt: NOW + 2 * DAY }])
  })
})

describe('ordered jobs', () => {
  const ordered = (orderingKey: string | null, jobs = 1) => {
    const record = webhook({}, jobs)
    return { ...record, jobs: record.jobs.map((job) => ({ ...job, orderingKey })) }
  }

  it('are numbered in the order in which they were stored, routes of one webhook as listed', async ({ expect }) => {
    const records = [ordered('k', 2), ordered('k'), ordered('other'), ordered('k')]
    for (const record of records) await storeAccepted(db, record, { now: NOW })
    await storeAccepted(db, records[0] ?? webhook(), { now: NOW })
    const found = await db.prepare(`SELECT id FROM jobs WHERE ordering_key = 'k' ORDER BY n`).all<{ id: string }>()
    const inOrder = records.filter(({ jobs }) => jobs[0]?.orderingKey === 'k').flatMap(({ jobs }) => jobs.map(({ id }) => id))
    expect(found.results.map(({ id }) => id)).toEqual(inOrder)
  })

  it('cost one row more, and the others none', async ({ expect }) => {
    expect(await rowsWritten(ordered('cost'))).toBe(6)
    expect(await rowsWritten(ordered(null))).toBe(5)
  })
})

describe('the route, the address and what routing could not tell', () => {
  it('are stored with the webhook', async ({ expect }) => {
    const failure = { route: 'broken', part: 'filter' as const, reason: 'too_many_steps: more than 100000 steps' }
    const record = webhook({ routeFailures: [failure] }, 0)
    expect(await storeAccepted(db, record, { now: NOW })).toEqual({ outcome: 'ignored', id: record.id })
    const { inbox, events } = await rowsOf(record)
    expect(inbox).toMatchObject([{ path: '/webhooks/stripe', query: 'tenant=a', status: 'ignored' }])
    expect(JSON.parse(events[0]?.events ?? '')).toContainEqual({ type: 'route.filter_failed', data: failure })
  })
})
