import { bulkOperation, type BulkOperation, bulkPlan, type BulkPlan } from '@orchestrator/shared/contracts/bulk-api'
import { deadJobRow, deadLetterRow, inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import { waitingJobSource } from '../bulk-operations/queries-jobs.ts'
import { answer, ask, type AskOptions, bindings, bindPeople, publishTestConfig, withBrokenTable } from '../testing/harness.ts'
import { begin, ends, operation, reaches, replayTarget, someConnector, someDead, started, storyWith } from '../testing/bulk.ts'
import { readJob } from '../testing/jobs.ts'
import { list } from '../testing/list-fixture.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const plan = (target: unknown, options: AskOptions = {}) =>
  ask('/v1/bulk-operations/plan', { method: 'POST', as: 'viewer', body: { target }, ...options })
const planned = (target: unknown) => answer<BulkPlan>(plan(target))
const decide = (id: string, decision: string, options: AskOptions = {}) =>
  ask(`/v1/bulk-operations/${id}/${decision}`, { method: 'POST', as: 'operator', body: { reason: 'just a moment' }, ...options })

describe('planning a bulk operation', () => {
  it('counts what each filter lets through, in all shards, and does nothing', async ({ expect }) => {
    const connector = someConnector()
    const jobs = await someDead(12, (n) => ({
      job: { connector },
      letter: {
        class: n < 3 ? 'timeout' : 'upstream_failed',
        queue: n < 5 ? 'low' : 'webhook',
        provider: n < 4 ? 'github' : 'stripe',
        eventType: n < 6 ? 'push' : 'invoice.paid',
        fingerprint: n < 7 ? 'aaa' : 'bbb',
        error: n < 8 ? 'Connection Refused 50%' : 'status 500',
        diedAt: Date.parse('2026-01-01T00:00:00Z') + n * 1_000,
        status: n === 11 ? 'discarded' : 'open',
      },
    }))
    const filters: [object, number][] = [
      [{}, 11],
      [{ class: 'timeout' }, 3],
      [{ queue: 'low' }, 5],
      [{ provider: 'github' }, 4],
      [{ eventType: 'push' }, 6],
      [{ fingerprint: 'aaa' }, 7],
      [{ fingerprint: 'aaa', class: 'upstream_failed' }, 4],
      [{ error: 'refused 50%' }, 8],
      [{ error: '%' }, 8],
      [{ from: '2026-01-01T00:00:02Z', to: '2026-01-01T00:00:05Z' }, 3],
      [{ class: 'poison' }, 0],
    ]
    for (const [filter, count] of filters) {
      const found = await planned(replayTarget({ connector, ...filter }))
      expect(found, JSON.stringify(filter)).toMatchObject({ count, capped: false, ratePerSecond: 50 })
      expect(found.sample).toHaveLength(Math.min(count, 10))
    }
    const all = await planned({ kind: 'discard_dead_letters', filter: { connector } })
    expect(bulkPlan.strict().parse(all)).toEqual(all)
    // The shard that is written to first, in each the last that died.
    expect(all.sample[0]).toEqual({ id: `${jobs[9]?.id}.1`, about: `${connector}, upstream_failed: status 500` })
    expect(all.estimatedSeconds).toBe(1)
    expect(await readJob(jobs[0]!.id)).toMatchObject({ state: 'dead' })
  })

  it('counts webhooks, the ignored ones too, and jobs that wait', async ({ expect }) => {
    const at = Date.parse('2026-02-01T00:00:00Z')
    const webhooks = [0, 0, 1].map((shard, n) =>
      inboxRow({ id: testId('whk', shard, at), type: 'plan', status: n === 0 ? 'accepted' : 'ignored' }),
    )
    await insertRows(bindings.DATA_00, 'inbox', ...webhooks.slice(0, 2))
    await insertRows(bindings.DATA_01, 'inbox', ...webhooks.slice(2))
    const range = { from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z' }
    const count = async (filter: object) => (await planned({ kind: 'replay_webhooks', filter: { ...range, ...filter } })).count
    expect([await count({}), await count({ status: 'ignored' }), await count({ type: 'other' })]).toEqual([3, 2, 0])
    expect(await count({ from: '2026-02-01T12:00:00Z' })).toBe(0)

    const connector = someConnector()
    const states = ['queued', 'retrying', 'held', 'running', 'succeeded'] as const
    const jobs = states.map((state, n) =>
      jobRow({ connector, state, queue: n === 0 ? 'low' : 'default', client: 'shop', wakeAt: state === 'succeeded' ? null : 5 }),
    )
    await insertRows(bindings.DATA_00, 'jobs', ...jobs)
    const waiting = await planned({ kind: 'cancel_jobs', filter: { connector } })
    expect(waiting).toMatchObject({
      count: 3,
      sample: [{ id: jobs[2]?.id, about: `${connector}/set-subscription: held` }, {}, {}],
    })
    expect((await planned({ kind: 'cancel_jobs', filter: { connector, queue: 'low', client: 'shop' } })).count).toBe(1)
    expect((await planned({ kind: 'cancel_jobs', filter: { connector, status: 'held' } })).count).toBe(1)
    expect((await planned({ kind: 'cancel_jobs', filter: { connector, from: '2026-02-01T00:00:00Z' } })).count).toBe(0)
  })

  it('walks over jobs in the order of their ids, without reading those that it does not look at', async ({ expect }) => {
    const plans: string[] = []
    const db = {
      prepare(sql: string) {
        plans.push(sql)
        return bindings.DATA_00.prepare(sql)
      },
    } as unknown as D1Database
    const source = waitingJobSource({ connector: 'billing' }, Date.now())
    await source.look(db, 0, null, 10)
    const explained = await bindings.DATA_00.prepare(`EXPLAIN QUERY PLAN ${plans[0]}`)
      .bind('billing', '', '~', '~', 10)
      .all<{ detail: string }>()
    const steps = explained.results.map(({ detail }) => detail).join('; ')
    expect(steps).toContain('USING PRIMARY KEY')
    expect(steps).not.toMatch(/TEMP B-TREE|jobs_wake/)
  })

  it('names the field that is wrong', async ({ expect }) => {
    const range = { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }
    const wrong: [unknown, string][] = [
      [undefined, 'target'],
      [{ kind: 'replay_everything', filter: {} }, 'target.kind'],
      [replayTarget({ queue: 'fast' }), 'target.filter.queue'],
      [replayTarget({ colour: 'red' }), 'target.filter'],
      [replayTarget(range), 'target.filter.to'],
      [{ kind: 'replay_webhooks', filter: {} }, 'target.filter.from'],
      [{ kind: 'replay_webhooks', filter: { from: range.to, to: range.from }, routes: ['a'] }, 'target.filter.provider'],
      [
        { kind: 'replay_webhooks', filter: { provider: 'stripe', from: range.to, to: range.from }, routes: ['a'] },
        'target.routes.0',
      ],
      [{ kind: 'cancel_jobs', filter: { status: 'running' } }, 'target.filter.status'],
    ]
    for (const [target, path] of wrong) {
      const response = await plan(target)
      expect(response.status, path).toBe(400)
      const { issues } = await response.json<{ issues: { path: string }[] }>()
      expect(issues.map((issue) => issue.path)).toContain(path)
    }
    for (const ratePerSecond of [0, 501, 1.5]) {
      expect((await plan(undefined, { body: { target: replayTarget({}), ratePerSecond } })).status).toBe(400)
    }
  })

  it('answers 503 when a shard cannot be read', async ({ expect }) => {
    await withBrokenTable(bindings.DATA_00, 'dead_letters', async () => {
      expect((await plan(replayTarget({}))).status).toBe(503)
    })
  })
})

describe('a bulk operation', () => {
  it('is told in the audit log before anything is done, runs, and is told again with its numbers', async ({ expect }) => {
    const connector = someConnector()
    const jobs = await someDead(9, () => ({ job: { connector } }))
    await insertRows(bindings.DATA_01, 'dead_letters', deadLetterRow(deadJobRow({ id: testId('job', 1), connector })))
    const response = await begin({ target: replayTarget({ connector }), ratePerSecond: 100 })
    expect(response.status).toBe(202)
    const begun = await response.json<BulkOperation>()
    expect(response.headers.get('location')).toBe(`/v1/bulk-operations/${begun.id}`)
    expect(bulkOperation.strict().parse(begun)).toEqual(begun)
    expect(begun).toMatchObject({
      id: expect.stringMatching(/^blk_01/) as string,
      total: 10,
      ratePerSecond: 100,
      reason: 'billing is back',
      actor: { kind: 'user', id: 'operator@example.com' },
      target: { options: { config: 'pinned', idempotencyKey: 'same' } },
    })
    const done = await ends(begun.id)
    expect(done).toMatchObject({ status: 'done', done: 9, skipped: 0, failed: 1, finishedAt: expect.any(String) as string })
    expect(done.lastError).toContain('only holds a message')
    for (const job of jobs) expect(await readJob(job.id)).toMatchObject({ state: 'queued', generation: 2, bulk_id: begun.id })
    const [intent, end, ...more] = await storyWith(begun.id, 'bulk_operation.finished')
    expect(more).toEqual([])
    expect(intent).toMatchObject({
      action: 'bulk_operation.started',
      seq: begun.auditSeq,
      reason: 'billing is back',
      intentSeq: null,
      after: { count: 10, target: begun.target, ratePerSecond: 100 },
    })
    expect(end).toMatchObject({
      actor: { kind: 'system', id: 'bulk-runner' },
      door: 'system',
      intentSeq: begun.auditSeq,
      after: { status: 'done', total: 10, done: 9, skipped: 0, failed: 1 },
    })
    const { items } = await list<BulkOperation>('/v1/bulk-operations')
    expect(items[0]?.id).toBe(begun.id)
  })

  it('is not begun when nothing matches, when nobody said why, or by a viewer', async ({ expect }) => {
    const target = replayTarget({ connector: someConnector() })
    const nothing = await begin({ target })
    expect(nothing.status).toBe(422)
    expect(await nothing.json()).toMatchObject({ detail: expect.stringContaining('Nothing matches') as string })
    expect((await begin({ target, reason: ' ' })).status).toBe(400)
    expect((await begin({ target, stopAfterFailures: 0 })).status).toBe(400)
    expect((await begin({ target }, { as: 'viewer' })).status).toBe(403)
    expect((await ask('/v1/bulk-operations/blk_0101ARZ3NDEKTSV4RRFFQ69G5FAV', { as: 'viewer' })).status).toBe(404)
  })

  it('is the same one under the same Idempotency-Key, also when both come at once', async ({ expect }) => {
    const connector = someConnector()
    await someDead(4, () => ({ job: { connector } }))
    const body = { target: replayTarget({ connector }) }
    const key = { headers: { 'idempotency-key': '"replay-7"' } }
    const both = await Promise.all([started(body, key), started(body, key), started(body, key)])
    expect(new Set(both.map(({ id }) => id)).size).toBe(1)
    await ends(both[0].id)
    // Nothing matches any more; it is still the one that was begun.
    expect(await started(body, key)).toMatchObject({ id: both[0].id, total: 4 })
    expect(await storyWith(both[0].id, 'bulk_operation.finished')).toHaveLength(2)
    const other = await begin({ target: replayTarget({ connector: 'billing' }) }, key)
    expect([other.status, await other.json()]).toMatchObject([422, { code: 'idempotency_key_reused' }])
    expect((await begin(body, { ...key, as: 'admin' })).status).toBe(422)
    expect((await begin(body, { headers: { 'idempotency-key': 'two words' } })).status).toBe(400)
  })

  it('is paused, goes on, and is cancelled, each with a reason in the audit log', async ({ expect }) => {
    const connector = someConnector()
    const jobs = await someDead(6, () => ({ job: { connector } }))
    const { id } = await started({ target: replayTarget({ connector }), ratePerSecond: 1 })
    await reaches(id, ({ done }) => done > 0)
    expect((await decide(id, 'pause', { as: 'viewer' })).status).toBe(403)
    expect((await decide(id, 'pause', { body: {} })).status).toBe(400)
    expect(await answer(decide(id, 'pause'))).toMatchObject({ id, status: 'paused' })
    expect(await answer(decide(id, 'pause'))).toMatchObject({ status: 'paused' })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    const { done } = await operation(id)
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(await operation(id)).toMatchObject({ status: 'paused', done })
    expect(await answer(decide(id, 'resume'))).toMatchObject({ status: 'running' })
    await reaches(id, (now) => now.done > done)
    expect(await answer(decide(id, 'cancel'))).toMatchObject({ status: 'cancelled', finishedAt: expect.any(String) as string })
    for (const late of ['pause', 'resume']) expect((await decide(id, late)).status, late).toBe(409)
    expect(await answer(decide(id, 'cancel'))).toMatchObject({ status: 'cancelled' })
    const story = await storyWith(id, 'bulk_operation.finished')
    const asked = 'decision_requested'
    const expected = ['started', asked, 'paused', asked, 'resumed', asked, 'cancelled', 'finished']
    expect(story.map(({ action }) => action.split('.')[1])).toEqual(expected)
    const end = await operation(id)
    expect(story[2]).toMatchObject({
      intentSeq: story[1]?.seq,
      reason: 'just a moment',
      actor: { id: 'operator@example.com' },
      after: { status: 'paused' },
    })
    expect(story.at(-1)).toMatchObject({ after: { status: 'cancelled', done: end.done } })
    expect(end.done).toBeLessThan(6)
    const states = await Promise.all(jobs.map(async (job) => (await readJob(job.id))?.['state']))
    expect(states.filter((state) => state === 'queued')).toHaveLength(end.done)
    expect((await decide('blk_0101ARZ3NDEKTSV4RRFFQ69G5FAV', 'pause')).status).toBe(404)
    expect((await decide(id, 'pause', { body: { reason: 'r', now: true } })).status).toBe(400)

    const ofKind = (query: string) => list<BulkOperation>(`/v1/bulk-operations?limit=200&${query}`)
    expect((await ofKind('status=cancelled')).items.map((one) => one.id)).toContain(id)
    expect((await ofKind('kind=cancel_jobs')).items).toEqual([])
    expect((await ask('/v1/bulk-operations?status=lost', { as: 'viewer' })).status).toBe(400)
  })

  it('shares dead letters with another one: each is replayed by one of them', async ({ expect }) => {
    const connector = someConnector()
    const jobs = await someDead(300, () => ({ job: { connector } }))
    const body = { target: replayTarget({ connector }), ratePerSecond: 150 }
    // The same in the same words, while nobody knows whether that one began, would be that one.
    const both = await Promise.all([started(body), started({ ...body, reason: 'billing is back, and I have not seen it' })])
    const [one, other] = await Promise.all(both.map(({ id }) => ends(id)))
    expect(Number(one?.done) + Number(other?.done)).toBe(300)
    expect([one?.failed, other?.failed]).toEqual([0, 0])
    for (const job of jobs.slice(0, 20)) expect(await readJob(job.id)).toMatchObject({ generation: 2, state: 'queued' })
  })
})
