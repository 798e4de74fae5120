import { beforeAll, describe, it } from 'vitest'
import type { JobDetail, JobSummary } from '@orchestrator/shared/contracts/control-api'
import * as contract from '@orchestrator/shared/contracts/control-api'
import { deadJobRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { answer, ask, bindings, withBrokenTable } from '../testing/harness.ts'
import { list, newer, newestFirst, older, other, seedLists, story, walk, webhookId } from '../testing/list-fixture.ts'

beforeAll(seedLists)

describe('jobs', () => {
  it('come newest first, shard after shard, each exactly once, whatever the page size', async ({ expect }) => {
    for (const limit of [1, 5, 12, 37, 200]) {
      const { items, pages } = await walk<JobSummary>('/v1/jobs', limit)
      const ids = items.map((job) => job.id)
      expect(ids.filter((id) => id !== story.id && id !== other.id)).toEqual(newestFirst)
      expect(ids).toHaveLength(39)
      expect(pages).toHaveLength(Math.ceil(39 / limit))
      expect(pages.every((page) => page.scanned === undefined)).toBe(true)
    }
  })

  it('keep to the contract', async ({ expect }) => {
    const page = await list('/v1/jobs')
    expect(contract.page(contract.jobSummary).strict().parse(page)).toEqual(page)
    expect(page.items).toHaveLength(39)
  })

  it('can be filtered, and the page tells how many rows it looked at', async ({ expect }) => {
    const { items, pages } = await walk<JobSummary>('/v1/jobs?queue=low', 3)
    const expected = [...newer.toReversed(), ...older.toReversed()].filter((job) => job.queue === 'low').map((job) => job.id)
    expect(items.map((job) => job.id)).toEqual(expected)
    expect(pages[0]?.scanned).toBeGreaterThanOrEqual(3)
    expect((await list<JobSummary>('/v1/jobs?status=dead&connector=billing')).items.map((job) => job.id)).toEqual([other.id])
    expect((await list<JobSummary>('/v1/jobs?status=dead&connector=unheard')).items).toEqual([])
  })

  it('are found by the webhook that made them', async ({ expect }) => {
    const found = await list<JobSummary>(`/v1/jobs?inboxId=${webhookId}`)
    expect(found.items.map((job) => job.id)).toEqual([other.id, story.id].toSorted().toReversed())
    expect(found.scanned).toBeUndefined()
    const dead = await list<JobSummary>(`/v1/jobs?inboxId=${webhookId}&status=dead`)
    expect(dead.items.map((job) => job.id)).toEqual([other.id])
    const { pages } = await walk<JobSummary>(`/v1/jobs?inboxId=${webhookId}`, 1)
    expect(pages).toHaveLength(2)
  })

  it('look at no more than 1,000 rows for a page, and go on from there', async ({ expect }) => {
    const many = Array.from({ length: 1_100 }, () => jobRow({ id: testId('job', 1), state: 'cancelled', wakeAt: null }))
    await insertRows(bindings.DATA_01, 'jobs', ...many)
    const first = await list<JobSummary>('/v1/jobs?queue=critical')
    expect(first).toMatchObject({ items: [], scanned: 1_000 })
    const second = await list<JobSummary>(`/v1/jobs?queue=critical&cursor=${first.nextCursor}`)
    expect(second.items.map((job) => job.id)).toEqual([older[0]?.id])
    expect(second.nextCursor).toBeNull()
    await bindings.DATA_01.prepare("DELETE FROM jobs WHERE state = 'cancelled'").run()
  })

  it('tell which one they wait for, and that it is dead where nobody but people can let them go', async ({ expect }) => {
    const of = { orderingKey: 'order-7', onDeath: 'block' as const }
    const dead = deadJobRow({ id: testId('job', 0), n: 1, ...of })
    const behind = jobRow({ id: testId('job', 0), n: 2, ...of })
    await insertRows(bindings.DATA_00, 'jobs', dead, behind)
    const get = (id: string) => answer<JobDetail>(ask(`/v1/jobs/${id}`, { as: 'viewer' }))
    expect((await get(behind.id)).waitsFor).toEqual({ id: dead.id, status: 'dead' })
    expect((await get(dead.id)).waitsFor).toBeNull()
    await bindings.DATA_00.prepare("DELETE FROM jobs WHERE ordering_key = 'order-7'").run()
  })

  it('show everything that happened to one of them, oldest first', async ({ expect }) => {
    const job = await answer<JobDetail>(ask(`/v1/jobs/${story.id}`, { as: 'viewer' }))
    expect(contract.jobDetail.strict().parse(job)).toEqual(job)
    expect(job).toMatchObject({ status: 'succeeded', attemptCount: 2, maxAttempts: 4, result: { kind: 'inline' } })
    expect(job.input).toEqual({ kind: 'webhook', bytes: null })
    expect(job.attempts.map((one) => [one.id, one.attempt, one.outcome])).toEqual([
      ['att_00.102', 1, 'failure'],
      ['att_00.103', 2, 'success'],
    ])
    expect(job.events.map((one) => one.type)).toEqual(['webhook.accepted', 'job.queued', 'job.retrying', 'job.succeeded'])
  })
})

describe('every list', () => {
  const paths = ['/v1/inbox', '/v1/jobs', '/v1/attempts', '/v1/events', '/v1/dead-letters', '/v1/audit']

  it('refuses limits, cursors and filters it does not know, naming the field', async ({ expect }) => {
    const bad = [
      'limit=0',
      'limit=201',
      'limit=x',
      'cursor=x',
      `cursor=${btoa('{"shard":0,"key":{}}')}`,
      `cursor=${btoa('{}')}`,
      'colour=red',
    ]
    for (const path of paths) {
      for (const query of bad) {
        const response = await ask(`${path}?${query}`, { as: path === '/v1/audit' ? 'auditor' : 'viewer' })
        expect(response.status, `${path}?${query}`).toBe(400)
        expect((await response.json<{ issues: unknown[] }>()).issues).toHaveLength(1)
      }
    }
    for (const query of ['status=unknown', 'queue=other', 'inboxId=job_1']) {
      expect((await ask(`/v1/jobs?${query}`, { as: 'viewer' })).status, query).toBe(400)
    }
    expect((await ask(`/v1/events?jobId=${story.id}&inboxId=${webhookId}`, { as: 'viewer' })).status).toBe(400)
  })

  it('names the database that does not answer, while the rest goes on', async ({ expect }) => {
    await withBrokenTable(bindings.DATA_00, 'jobs', async () => {
      const response = await ask('/v1/jobs', { as: 'viewer' })
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('5')
      expect(await response.json()).toMatchObject({ code: 'unavailable', detail: expect.stringContaining('DATA_00') as string })
      expect((await ask(`/v1/jobs/${story.id}`, { as: 'viewer' })).status).toBe(503)
      expect((await ask(`/v1/jobs/${newer[0]?.id}`, { as: 'viewer' })).status).toBe(200)
      expect((await ask('/v1/jobs?limit=5', { as: 'viewer' })).status).toBe(200)
      expect((await ask('/v1/me', { as: 'viewer' })).status).toBe(200)
      expect((await ask('/v1/audit', { as: 'auditor' })).status).toBe(200)
    })
  })
})
