import { provider, route, type Route } from '@orchestrator/shared/contracts/config'
import { type AuditEntry, webhookReplayResponse, type WebhookReplayResponse } from '@orchestrator/shared/contracts/control-api'
import type { InboxRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import {
  answer,
  ask,
  type AskOptions,
  bindings,
  bindPeople,
  intentIsOpen,
  publishTestConfig,
  withBrokenTable,
} from '../testing/harness.ts'
import { readJob } from '../testing/jobs.ts'

const routeOf = (changes: Partial<Route>): Route =>
  route.parse({
    id: 'paid',
    provider: 'stripe',
    enabled: true,
    eventTypes: ['invoice.paid'],
    connector: 'billing',
    operation: 'set-subscription',
    input: '$',
    queue: 'webhook',
    ...changes,
  })
const sender = (id: string, paused = false) =>
  provider.parse({ id, preset: 'stripe', enabled: true, paused, secret: 's', bodyLimitBytes: 1_000, dedupeWindowMs: 60_000 })

const ROUTES = [
  routeOf({ orderingKey: 'body.customer' }),
  routeOf({ id: 'large', filter: 'body.amount > 1000 and headers.`x-region` = "eu"', delaySeconds: 120, queue: 'low' }),
  routeOf({ id: 'off', enabled: false }),
  routeOf({ id: 'refunds', eventTypes: ['refund.*'] }),
  routeOf({ id: 'broken', eventTypes: ['broken'], filter: '$sum(body)' }),
  routeOf({ id: 'held', provider: 'paused', eventTypes: ['*'] }),
]

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig({ providers: [sender('stripe'), sender('paused', true)], routes: ROUTES })
})

async function ignored(changes: Partial<InboxRow> = {}): Promise<InboxRow> {
  const row = inboxRow({
    id: testId('whk', 1),
    type: 'invoice.paid',
    status: 'ignored',
    headers: '[["x-region","eu"]]',
    body: '{"amount":1500,"customer":"cus_1"}',
    ...changes,
  })
  await insertRows(bindings.DATA_01, 'inbox', row)
  return row
}

const replay = (id: string, options: AskOptions = {}) =>
  ask(`/v1/inbox/${id}/replay`, { method: 'POST', as: 'operator', body: { reason: 'the route was missing' }, ...options })
const replayed = async (id: string, routes?: string[]) =>
  answer<WebhookReplayResponse>(replay(id, { body: { reason: 'again', ...(routes ? { routes } : {}) } }), 202)
const audit = async () => (await answer<{ items: AuditEntry[] }>(ask('/v1/audit', { as: 'auditor' }))).items

describe('replaying a webhook', () => {
  it('routes it again against the configuration in force, and tells who, why, and what came of it', async ({ expect }) => {
    const row = await ignored()
    const done = await answer<WebhookReplayResponse>(replay(row.id), 202)
    expect(webhookReplayResponse.strict().parse(done)).toEqual(done)
    expect(done.jobs.map((job) => [job.route, job.created])).toEqual([
      ['paid', true],
      ['large', true],
    ])
    const [paid, large] = done.jobs
    expect(await readJob(paid?.id ?? '')).toMatchObject({
      state: 'queued',
      queue: 'webhook',
      inbox_id: row.id,
      ordering_key: 'cus_1',
    })
    expect(await readJob(large?.id ?? '')).toMatchObject({ state: 'scheduled', queue: 'low', ordering_key: null, n: null })
    const shown = await answer<{ status: string; jobs: { id: string }[] }>(ask(`/v1/inbox/${row.id}`, { as: 'viewer' }))
    expect(shown.status).toBe('accepted')
    expect(new Set(shown.jobs.map((job) => job.id))).toEqual(new Set([paid?.id, large?.id]))
    const job = await answer<{ events: { type: string }[] }>(ask(`/v1/jobs/${large?.id}`, { as: 'viewer' }))
    expect(job.events.map(({ type }) => type)).toEqual(['webhook.replayed', 'job.scheduled'])

    const [outcome, intent] = await audit()
    const what = { target: row.id, reason: 'the route was missing', actor: { kind: 'user', id: 'operator@example.com' } }
    const before = { status: 'ignored', jobs: [] }
    expect(intent).toMatchObject({ ...what, before, action: 'webhook.replay_requested', intentSeq: null })
    expect(outcome).toMatchObject({
      ...what,
      before,
      action: 'webhook.replayed',
      after: { jobs: done.jobs, failedRoutes: [], messagesSent: true },
      intentSeq: intent?.seq,
      seq: done.auditSeq,
    })
  })

  it('asks the filters: what they do not take is left out', async ({ expect }) => {
    const row = await ignored({ headers: '[["x-region","us"]]' })
    expect((await replayed(row.id)).jobs.map((job) => job.route)).toEqual(['paid'])
  })

  it('makes jobs for the named routes, whatever their types and filters say', async ({ expect }) => {
    const row = await ignored({ headers: '[]' })
    expect((await replayed(row.id, ['refunds', 'large', 'refunds'])).jobs.map((job) => job.route)).toEqual(['refunds', 'large'])
  })

  it('does not double jobs on a double click, at once or one after the other', async ({ expect }) => {
    const row = await ignored()
    const clicks = await Promise.all([1, 2, 3, 4].map(() => replayed(row.id)))
    const ids = new Set(clicks.flatMap(({ jobs }) => jobs.map(({ id }) => id)))
    expect(ids.size).toBe(2)
    expect(clicks.flatMap(({ jobs }) => jobs).filter((job) => job.created)).toHaveLength(2)
    await bindings.DATA_01.prepare(`UPDATE jobs SET state = 'succeeded', wake_at = NULL WHERE inbox_id = ?`).bind(row.id).run()
    const again = await replayed(row.id)
    expect(again.jobs.every((job) => !job.created && ids.has(job.id))).toBe(true)
  })

  it('makes another job for a route whose first one is over', async ({ expect }) => {
    const row = await ignored({ status: 'accepted', log: '[900001]' })
    const old: JobRow = jobRow({ id: testId('job', 1), inboxId: row.id, route: 'paid', state: 'succeeded', wakeAt: null })
    await insertRows(bindings.DATA_01, 'jobs', old)
    const events = JSON.stringify([{ type: 'job.queued', jobId: old.id }])
    await bindings.DATA_01.prepare(`INSERT INTO events (seq, at, kind, events) VALUES (900001, 1, 'event', ?)`).bind(events).run()
    const { jobs } = await replayed(row.id, ['paid'])
    expect(jobs).toMatchObject([{ route: 'paid', created: true }])
    expect((await audit())[0]).toMatchObject({ before: { jobs: [{ id: old.id, route: 'paid', state: 'succeeded' }] } })
  })

  it('reads the body back from R2', async ({ expect }) => {
    const row = await ignored({ bodyEncoding: 'r2', body: 'payloads/replayed', bodySize: 100_000 })
    await bindings.PAYLOADS.put('payloads/replayed', JSON.stringify({ amount: 2_000, padding: 'x'.repeat(99_000) }))
    expect((await replayed(row.id)).jobs.map((job) => job.route)).toEqual(['paid', 'large'])
    const gone = await ignored({ bodyEncoding: 'r2', body: 'payloads/none' })
    const response = await replay(gone.id)
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      409,
      expect.stringContaining('not kept any more'),
    ])
  })

  it('looks into forms', async ({ expect }) => {
    const row = await ignored({ contentType: 'application/x-www-form-urlencoded', body: 'customer=cus_9&amount=1' })
    const { jobs } = await replayed(row.id)
    expect(jobs.map((job) => job.route)).toEqual(['paid'])
    expect(await readJob(jobs[0]?.id ?? '')).toMatchObject({ ordering_key: 'cus_9' })
  })

  it('holds the jobs of a paused provider', async ({ expect }) => {
    const row = await ignored({ provider: 'paused' })
    const { jobs } = await replayed(row.id)
    expect(await readJob(jobs[0]?.id ?? '')).toMatchObject({ state: 'held' })
  })

  it('answers 409 and changes nothing where no route takes it, and says which one could not be asked', async ({ expect }) => {
    const before = (await audit()).length
    const row = await ignored({ type: 'other' })
    expect(await (await replay(row.id)).json()).toMatchObject({
      status: 409,
      detail: expect.stringContaining('No enabled route'),
    })
    const broken = await ignored({ type: 'broken' })
    expect(await (await replay(broken.id)).json()).toMatchObject({ status: 409, detail: expect.stringContaining('“broken”') })
    expect(await audit()).toHaveLength(before)
  })

  it('answers 400 for names that are no enabled routes of its provider', async ({ expect }) => {
    const row = await ignored()
    for (const name of ['none', 'off', 'held']) {
      const response = await replay(row.id, { body: { reason: 'r', routes: ['paid', name] } })
      expect(response.status, name).toBe(400)
      expect(await response.json()).toMatchObject({ issues: [{ path: 'routes', message: expect.stringContaining(name) }] })
    }
    for (const body of [{}, { reason: 'r', routes: [] }, { reason: 'r', routes: 'paid' }, { reason: 'r', other: 1 }]) {
      expect((await replay(row.id, { body })).status, JSON.stringify(body)).toBe(400)
    }
  })

  it('answers 404 for what is no webhook', async ({ expect }) => {
    for (const id of ['x', testId('whk', 1), testId('job', 1), 'whk_9901ARZ3NDEKTSV4RRFFQ69G5FAV']) {
      expect((await replay(id)).status, id).toBe(404)
    }
  })

  it('answers 503 and leaves its intent open when the database does not tell what came of it', async ({ expect }) => {
    const row = await ignored()
    await bindings.DATA_01.prepare(`CREATE TRIGGER broken BEFORE INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'broken'); END`).run()
    expect((await replay(row.id)).status).toBe(503)
    await bindings.DATA_01.prepare('DROP TRIGGER broken').run()
    const [intent] = await audit()
    expect(intent).toMatchObject({ action: 'webhook.replay_requested' })
    expect(await intentIsOpen(intent?.seq)).toBe(true)
    expect((await replayed(row.id)).jobs).toHaveLength(2)
  })

  it('does nothing when the intent cannot be written down', async ({ expect }) => {
    const row = await ignored()
    await withBrokenTable(bindings.CONTROL_DB, 'audit_log', async () => {
      expect((await replay(row.id)).status).toBe(503)
    })
    const found = await bindings.DATA_01.prepare('SELECT count(*) AS n FROM jobs WHERE inbox_id = ?').bind(row.id).first('n')
    expect(found).toBe(0)
  })
})
