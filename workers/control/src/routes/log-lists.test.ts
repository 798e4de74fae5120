import { beforeAll, describe, it } from 'vitest'
import type { Attempt, DeadLetter, Event, WebhookDetail, WebhookSummary } from '@orchestrator/shared/contracts/control-api'
import * as contract from '@orchestrator/shared/contracts/control-api'
import { attemptJson, eventRow, insertRows } from '@orchestrator/shared/testing/data-rows'
import { answer, ask, bindings } from '../testing/harness.ts'
import { list, other, seedLists, story, walk, webhookId } from '../testing/list-fixture.ts'

beforeAll(seedLists)

describe('webhooks', () => {
  it('come with their jobs and without their body', async ({ expect }) => {
    const webhook = await answer<WebhookDetail>(ask(`/v1/inbox/${webhookId}`, { as: 'viewer' }))
    expect(contract.webhookDetail.strict().parse(webhook)).toEqual(webhook)
    expect(webhook.jobs.map((job) => [job.id, job.status])).toEqual([
      [story.id, 'succeeded'],
      [other.id, 'dead'],
    ])
    const page = await list<WebhookSummary>('/v1/inbox?provider=stripe&status=accepted')
    expect(contract.page(contract.webhookSummary.strict()).parse(page)).toEqual(page)
    expect(page.items.map((one) => one.id)).toEqual([webhookId])
    expect((await list('/v1/inbox?type=other')).items).toEqual([])
  })
})

describe('attempts', () => {
  const ids = async (query: string) => (await list<Attempt>(`/v1/attempts${query}`)).items.map((one) => one.id)

  it('are found by job, by connector, and failed by connector', async ({ expect }) => {
    expect(await ids('')).toEqual(['att_00.105', 'att_00.104', 'att_00.103', 'att_00.102'])
    expect(await ids(`?jobId=${story.id}`)).toEqual(['att_00.103', 'att_00.102'])
    expect(await ids(`?jobId=${story.id}&failed=true`)).toEqual(['att_00.102'])
    expect(await ids('?connector=billing')).toEqual(['att_00.104', 'att_00.103', 'att_00.102'])
    expect(await ids('?connector=billing&failed=true')).toEqual(['att_00.104', 'att_00.102'])
    expect(await ids('?connector=billing&failed=false')).toEqual(['att_00.103'])
    const { items } = await walk<Attempt>('/v1/attempts?connector=billing&failed=true', 1)
    expect(items.map((one) => one.id)).toEqual(['att_00.104', 'att_00.102'])
  })

  it('read failed ones by connector from their index', async ({ expect }) => {
    const page = await list('/v1/attempts?connector=billing&failed=true')
    expect(page.scanned).toBeUndefined()
    const plan = await bindings.DATA_00.prepare(
      "EXPLAIN QUERY PLAN SELECT e.seq FROM events AS e WHERE e.connector = ? AND e.failed = 1 AND e.kind = 'attempt' AND e.seq < ? ORDER BY e.seq DESC LIMIT ?",
    )
      .bind('billing', 1_000, 5)
      .all<{ detail: string }>()
    expect(plan.results.map((row) => row.detail).join()).toContain('events_failed')
  })

  it('of calls without a job have a request and a client instead', async ({ expect }) => {
    const requestId = 'req_0001ARZ3NDEKTSV4RRFFQ69G5FAV'
    const attempt = JSON.stringify({ ...(JSON.parse(attemptJson(1, true)) as object), requestId, client: 'shop' })
    await insertRows(bindings.DATA_00, 'events', eventRow(301, { kind: 'attempt', failed: 1, attempt }))
    const { items } = await list<Attempt>('/v1/attempts?client=shop')
    expect(items).toMatchObject([{ id: 'att_00.301', jobId: null, requestId, client: 'shop' }])
    expect(contract.attempt.strict().parse(items[0])).toEqual(items[0])
    expect(await ids(`?requestId=${requestId}`)).toEqual(['att_00.301'])
    expect(await ids('?connector=billing&failed=true&client=shop')).toEqual(['att_00.301'])
    expect(await ids('?client=other')).toEqual([])
    expect((await ask('/v1/attempts?requestId=x', { as: 'viewer' })).status).toBe(400)
    await bindings.DATA_00.prepare('DELETE FROM events WHERE seq = 301').run()
  })

  it('are found by id', async ({ expect }) => {
    const one = await answer<Attempt>(ask('/v1/attempts/att_00.102', { as: 'viewer' }))
    expect(contract.attempt.strict().parse(one)).toEqual(one)
    for (const id of ['att_00.101', 'att_00.999', 'att_07.102', 'evt_00.102.0', 'x']) {
      expect((await ask(`/v1/attempts/${id}`, { as: 'viewer' })).status, id).toBe(404)
    }
  })
})

describe('events', () => {
  const all = ['evt_00.104.0', 'evt_00.103.0', 'evt_00.102.0', 'evt_00.101.2', 'evt_00.101.1', 'evt_00.101.0']
  const ids = (events: Event[]) => events.map((one) => one.id)

  it('are told apart inside a row, each exactly once, whatever the page size', async ({ expect }) => {
    for (const limit of [1, 2, 3, 4, 5, 6, 50]) {
      expect(ids((await walk<Event>('/v1/events', limit)).items), String(limit)).toEqual(all)
      expect(ids((await walk<Event>(`/v1/events?inboxId=${webhookId}`, limit)).items), String(limit)).toEqual(all)
      const queued = await walk<Event>('/v1/events?type=job.queued', limit)
      expect(ids(queued.items), String(limit)).toEqual(['evt_00.101.2', 'evt_00.101.1'])
      expect(queued.pages[0]?.scanned).toBeGreaterThan(0)
    }
  })

  it('of a type are not lost where a page ends inside a row', async ({ expect }) => {
    const events = JSON.stringify([{ type: 'webhook.restored' }, { type: 'job.held' }])
    await insertRows(bindings.DATA_00, 'events', ...[201, 202, 203, 204].map((seq) => eventRow(seq, { events })))
    for (const limit of [1, 2, 3, 4]) {
      const { items } = await walk<Event>('/v1/events?type=job.held', limit)
      expect(ids(items), String(limit)).toEqual(['evt_00.204.1', 'evt_00.203.1', 'evt_00.202.1', 'evt_00.201.1'])
    }
    await bindings.DATA_00.prepare('DELETE FROM events WHERE seq > 200').run()
  })

  it('of a job are its own and those of its webhook', async ({ expect }) => {
    const { items } = await walk<Event>(`/v1/events?jobId=${story.id}`, 2)
    expect(ids(items)).toEqual(['evt_00.103.0', 'evt_00.102.0', 'evt_00.101.1', 'evt_00.101.0'])
    expect(ids((await list<Event>(`/v1/events?jobId=${story.id}&type=job.retrying`)).items)).toEqual(['evt_00.102.0'])
  })

  it('are found by id', async ({ expect }) => {
    const one = await answer<Event>(ask('/v1/events/evt_00.101.2', { as: 'viewer' }))
    expect(contract.event.strict().parse(one)).toEqual(one)
    expect(one).toMatchObject({ type: 'job.queued', jobId: other.id, inboxId: webhookId })
    expect((await ask('/v1/events/evt_00.101.3', { as: 'viewer' })).status).toBe(404)
  })
})

describe('dead letters', () => {
  it('come by time of death, shard after shard, each exactly once', async ({ expect }) => {
    for (const limit of [1, 2, 3, 50]) {
      const { items } = await walk<DeadLetter>('/v1/dead-letters', limit)
      expect(new Set(items.map((one) => one.id)).size).toBe(7)
      expect(items.map((one) => one.id.slice(4, 6))).toEqual(['01', '01', '01', '00', '00', '00', '00'])
      const inShard = items.slice(3).map((one) => one.diedAt)
      expect(inShard).toEqual(inShard.toSorted().toReversed())
      const open = await walk<DeadLetter>('/v1/dead-letters?status=open', limit)
      expect(open.items).toEqual(items.filter((one) => one.status === 'open'))
      expect(open.pages[0]?.scanned).toBeUndefined()
      const timeout = await walk<DeadLetter>('/v1/dead-letters?status=open&class=timeout', limit)
      expect(timeout.items.map((one) => one.class)).toEqual(['timeout'])
    }
    expect((await list<DeadLetter>('/v1/dead-letters?status=replayed&queue=webhook')).items).toHaveLength(1)
    expect((await list<DeadLetter>('/v1/dead-letters?queue=low')).items).toEqual([])
  })

  it('are found by id and keep to the contract', async ({ expect }) => {
    const { items } = await list<DeadLetter>('/v1/dead-letters')
    expect(contract.page(contract.deadLetter.strict()).parse({ items, nextCursor: null }).items).toEqual(items)
    const one = await answer(ask(`/v1/dead-letters/${items[0]?.id}`, { as: 'viewer' }))
    expect(one).toEqual({ ...items[0], closedBy: null })
  })
})
