import { type ChangedQueue, changedQueue, queueList } from '@orchestrator/shared/contracts/pause-api'
import { breakerList, rateLimitList } from '@orchestrator/shared/contracts/gates-api'
import { readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import { insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'
import { answer, bindings, bindPeople, configContent, publishTestConfig, setMode, withBrokenTable } from '../testing/harness.ts'

const operator = { as: 'operator' } as const

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const steer = (verb: 'pause' | 'resume', reason = 'too much at once') =>
  answer<ChangedQueue>(write('POST', `/v1/queues/low/${verb}`, { reason }, operator))
const paused = async () => queueList.parse(await read('/v1/queues')).items.filter((queue) => queue.paused)

describe('a queue', () => {
  it('is listed with what waits in it', async ({ expect }) => {
    const list = queueList.strict().parse(await read('/v1/queues'))
    expect(list.items.map(({ name }) => name)).toEqual(['webhook', 'critical', 'default', 'low'])
    const waiting = { jobs: 0, oldestAt: null, capped: false }
    const deadLetters = { open: 0, capped: false }
    expect(list.items[0]).toEqual({ name: 'webhook', etag: expect.any(String), paused: false, backlog: 0, waiting, deadLetters })
  })

  it('tells how much waits in all databases, since when, and what died', async ({ expect }) => {
    const job = (n: number, state: 'queued' | 'running', at: number, shard: number) =>
      jobRow({ id: testId('job', shard, n), queue: 'default', state, createdAt: at, wakeAt: at + 1 })
    await insertRows(bindings.DATA_00, 'jobs', job(1, 'queued', 3_000, 0), job(2, 'running', 1_000, 0))
    await insertRows(bindings.DATA_01, 'jobs', job(3, 'queued', 2_000, 1))
    const of = async () => {
      const { items, unavailable } = queueList.parse(await read('/v1/queues'))
      return { ...items.find(({ name }) => name === 'default'), unavailable }
    }
    const oldestAt = new Date(2_000).toISOString()
    expect(await of()).toMatchObject({ waiting: { jobs: 2, oldestAt, capped: false }, deadLetters: { open: 0 }, unavailable: [] })
    await withBrokenTable(bindings.DATA_01, 'dead_letters', async () => {
      expect(await of()).toMatchObject({ waiting: null, deadLetters: null, backlog: 0, unavailable: ['DATA_01'] })
    })
  })

  it('says that more waits than was counted also where some of what was looked at is being worked', async ({ expect }) => {
    const job = (n: number) =>
      jobRow({ id: testId('job', 0, n), queue: 'critical', state: n === 0 ? 'running' : 'queued', wakeAt: 1 + n })
    await insertRows(bindings.DATA_00, 'jobs', ...Array.from({ length: 1_500 }, (_, n) => job(n)))
    const { items } = queueList.parse(await read('/v1/queues'))
    expect(items.find(({ name }) => name === 'critical')?.waiting).toMatchObject({ jobs: 999, capped: true })
    await bindings.DATA_00.exec("DELETE FROM jobs WHERE queue = 'critical'")
  })

  it('is held and let go on by operators, who say why', async ({ expect }) => {
    const done = await steer('pause')
    expect(changedQueue.strict().parse(done)).toMatchObject({ name: 'low', paused: true })
    expect((await auditLog())[0]).toMatchObject({
      seq: done.auditSeq,
      action: 'queue.paused',
      target: 'queue:low',
      reason: 'too much at once',
      before: { paused: false },
      after: { paused: true },
    })
    expect(await paused()).toMatchObject([{ name: 'low' }])
    expect((await readSnapshotFromDb(bindings.CONTROL_DB))?.pauses).toEqual([{ kind: 'queue', id: 'low' }])
    expect(await steer('pause')).toMatchObject({ paused: true, auditSeq: null, configRevision: done.configRevision })
    expect(await steer('resume', 'calm again')).toMatchObject({ paused: false })
    expect((await auditLog())[0]).toMatchObject({ action: 'queue.resumed', reason: 'calm again' })
    expect(await steer('resume')).toMatchObject({ auditSeq: null })
    expect(await paused()).toEqual([])
  })

  it('must be one of ours, and the reason be given', async ({ expect }) => {
    expect((await write('POST', '/v1/queues/fastest/pause', { reason: 'r' }, operator)).status).toBe(404)
    expect(Object.keys(await issuesOf(write('POST', '/v1/queues/low/pause', {}, operator)))).toEqual(['reason'])
    expect((await write('POST', '/v1/queues/low/pause', { reason: 'r' }, { as: 'viewer' })).status).toBe(403)
  })
})

describe('breakers and limits', () => {
  const breakers = async () => breakerList.strict().parse(await read('/v1/breakers'))

  it('are those of operations and routes, too, where the policy of the connector has none', async ({ expect }) => {
    const [operation] = configContent.operations
    const own = testPolicy({ id: 'own' })
    await publishTestConfig({
      policies: [...configContent.policies, own],
      operations: [{ ...operation!, policy: 'own' }],
      breakerOverrides: [{ connector: 'billing', state: 'open' }],
    })
    expect((await breakers()).items).toMatchObject([
      { connector: 'billing', policy: 'own', forced: 'open', settings: { openMs: 5_000 }, live: { state: 'closed' } },
    ])
    await publishTestConfig()
  })

  it('beyond those that are asked how they stand are unknown, which is said', async ({ expect }) => {
    const [connector] = configContent.connectors
    const connectors = Array.from({ length: 501 }, (_, n) => ({ ...connector!, id: `c${n}`, policy: 'own' }))
    await publishTestConfig({ connectors, operations: [], policies: [testPolicy({ id: 'own' })] })
    const { items, unavailable } = await breakers()
    expect([items.length, items[499]?.live?.state, items[500]?.live]).toEqual([501, 'closed', null])
    expect(unavailable).toEqual(['execution'])
    await publishTestConfig()
  })

  it('of an operation are listed beside those of its connector', async ({ expect }) => {
    const [operation] = configContent.operations
    const rateLimit = { limit: 3, perMs: 1_000, burst: 1, key: null, onUnavailable: 'failClosed' as const }
    await publishTestConfig({
      policies: [...configContent.policies, testPolicy({ id: 'own', rateLimit })],
      operations: [{ ...operation!, policy: 'own' }],
    })
    const own = { kind: 'connector', id: 'billing', policy: 'own', concurrency: null, keyed: false }
    const items = [{ ...own, rateLimit: { limit: 3, perMs: 1_000, burst: 1 } }]
    expect(rateLimitList.parse(await read('/v1/rate-limits')).items).toEqual(items)
    await publishTestConfig()
  })

  it('are listed as they are set', async ({ expect }) => {
    expect(await breakers()).toMatchObject({ items: [], unavailable: [] })
    expect(rateLimitList.parse(await read('/v1/rate-limits')).items).toEqual([])
    const rateLimit = { limit: 5, perMs: 1_000, burst: 2, key: 'client' }
    await answer(
      write('PATCH', '/v1/policies/billing', { circuitBreaker: { openMs: 9_000 }, rateLimit, concurrency: { limit: 4 } }),
    )
    await answer(write('POST', '/v1/clients', { id: 'shop', scopes: ['execute'], rateLimit: { limit: 9, perMs: 1_000 } }), 201)
    const size = { limit: 5, perMs: 1_000, burst: 2 }
    expect(rateLimitList.strict().parse(await read('/v1/rate-limits')).items).toEqual([
      { kind: 'connector', id: 'billing', policy: 'billing', rateLimit: size, concurrency: { limit: 4 }, keyed: true },
      {
        kind: 'client',
        id: 'shop',
        policy: null,
        rateLimit: { limit: 9, perMs: 1_000, burst: expect.any(Number) as number },
        concurrency: null,
        keyed: false,
      },
    ])
  })

  it('stand as execution and the newest rows of the logs say', async ({ expect }) => {
    const { items, unavailable } = await breakers()
    expect(unavailable).toEqual([])
    expect(items).toMatchObject([
      { connector: 'billing', forced: null, paused: false, resetAt: null, settings: { openMs: 9_000 }, lastEvent: null },
    ])
    expect(items[0]?.live).toMatchObject({ state: 'closed', successes: 3, failures: 1 })
    const insert = "INSERT INTO events (at, kind, connector, events) VALUES (?, 'event', 'billing', ?)"
    const event = (type: string) => JSON.stringify([{ type, data: { connector: 'billing' } }])
    await bindings.DATA_01.prepare(insert).bind(2_000, event('breaker.opened')).run()
    await bindings.DATA_00.prepare(insert).bind(3_000, event('breaker.half_opened')).run()
    await bindings.DATA_00.prepare(insert).bind(4_000, event('breaker.unavailable')).run()
    expect((await breakers()).items[0]?.lastEvent).toEqual({ type: 'breaker.half_opened', at: '1970-01-01T00:00:03.000Z' })
  })

  it('are shown as they are set where execution or a log does not say how they stand', async ({ expect }) => {
    await answer(write('PUT', '/v1/connectors/billing/breaker', { state: 'open', reason: 'r' }, operator))
    for (const mode of ['throw', 'hang', 'down'] as const) {
      await setMode('breaker-states', mode)
      const startedAt = Date.now()
      const { items, unavailable } = await breakers()
      expect([items[0]?.forced, items[0]?.live, unavailable], mode).toEqual(['open', null, ['execution']])
      expect(Date.now() - startedAt).toBeLessThan(3_500)
    }
    await setMode('breaker-states', 'up')
    await withBrokenTable(bindings.DATA_00, 'events', async () => {
      expect(await breakers()).toMatchObject({ items: [{ forced: 'open', live: { state: 'closed' } }], unavailable: ['DATA_00'] })
    })
  })
})
