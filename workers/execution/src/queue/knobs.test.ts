import { changeConfig, readConfigInForce } from '@orchestrator/shared/config/change'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import { consume, env, messageOf, only, readJob, readLog, stack } from '../testing/stack.ts'

const HOUR = 3_600_000
const autoPause = { afterMs: HOUR, warnAfterMs: [] }
const paused = async (name: string) => (await readConfigInForce(env.CONTROL_DB)).pauses.filter(({ id }) => id === name)

/** The types of all events of a connector, of its jobs or not. */
async function eventsOf(connector: string): Promise<string[]> {
  const { results } = await env.DATA_00.prepare('SELECT events FROM events WHERE connector = ? ORDER BY seq')
    .bind(connector)
    .all<{ events: string }>()
  return results.flatMap(({ events }) => (JSON.parse(events) as LogEvent[]).map(({ type }) => type))
}

describe('a job', () => {
  it('is called under the policy of its operation, and draws on limits of its own', async ({ expect }) => {
    const rateLimit = { limit: 1, perMs: 60_000, burst: 1, key: null, onUnavailable: 'failClosed' as const }
    const retry = { ...testPolicy().retry, maxAttempts: 1 }
    const { name, seed, answers } = await stack({
      operation: { policy: 'once' },
      config: (name) => ({ policies: [testPolicy({ id: name }), testPolicy({ id: 'once', retry, rateLimit })] }),
    })
    await answers({ status: 500 })
    const job = only(await seed(1))
    const asked: string[] = []
    await consume([messageOf(job)], (real) => ({
      rateLimiter(key) {
        asked.push(key)
        return real.rateLimiter(key)
      },
    }))
    expect(asked).toEqual([`${name}:once`])
    expect((await readJob(job.id)).state).toBe('dead')
  })

  it('is put off at no attempt when retries of its connector are used up', async ({ expect }) => {
    const { seed, calls } = await stack({ policy: { retry: { ...testPolicy().retry, budget: { ratio: 0, minPerSecond: 0 } } } })
    const again = only(await seed(1, { state: 'retrying', attempts: 1, firstStartedAt: Date.now() - 1_000 }))
    const first = only(await seed(1))
    await consume([again, first].map(messageOf))
    expect(await calls()).toHaveLength(1)
    expect(await readJob(again.id)).toMatchObject({
      state: 'queued',
      attempts: 1,
      lastError: 'waiting: retries of this connector have used up their share of calls',
    })
  })

  it('draws on the limits in force, whatever revision it pinned', async ({ expect }) => {
    const { name, seed, calls } = await stack({ policy: { rateLimit: null } })
    const jobs = await seed(3)
    const rateLimit = { limit: 1, perMs: 60_000, burst: 1, key: null, onUnavailable: 'failClosed' as const }
    await changeConfig(
      env,
      { at: Date.now(), actor: { kind: 'system', id: 'test' }, role: null, door: 'system', ip: null, requestId: 'req_test' },
      ({ revision: _revision, publishedAt: _publishedAt, ...content }) => ({
        content: { ...content, policies: [testPolicy({ id: name, rateLimit })] },
        audit: {
          action: 'policy.updated',
          target: `policy:${name}`,
          reason: 'the upstream asked for it',
          before: null,
          after: null,
        },
        value: null,
      }),
      { onMirrorFailure: () => undefined },
    )
    const { sent } = await consume(jobs.map(messageOf))
    expect([(await calls()).length, sent.length]).toEqual([1, 2])
  })

  it('shares a limit with those whose input gives the same key', async ({ expect }) => {
    const rateLimit = { limit: 1, perMs: 60_000, burst: 1, key: 'input.id', onUnavailable: 'failClosed' as const }
    const { seed, calls } = await stack({ policy: { rateLimit } })
    const ids = ['a', 'a', 'b']
    const jobs = await Promise.all(
      ids.map(async (id) => only(await seed(1, { inboxId: null, route: null, input: JSON.stringify({ id, status: 'active' }) }))),
    )
    const { sent } = await consume(jobs.map(messageOf))
    expect((await calls()).map(({ path }) => path).toSorted()).toEqual(['/subscriptions/a', '/subscriptions/b'])
    expect(sent).toHaveLength(1)
  })

  it('is never in flight beside more than the concurrency allows', async ({ expect }) => {
    const concurrency = { limit: 2, key: null, onUnavailable: 'failClosed' as const }
    const { seed, answers, calls } = await stack({ policy: { concurrency } })
    await answers({ status: 200, mode: 'late', delayMs: 150 })
    const jobs = await seed(8)
    let running = 0
    let most = 0
    const { sent } = await consume(jobs.map(messageOf), (real) => ({
      async call(call, config) {
        most = Math.max(most, ++running)
        const made = await real.call(call, config)
        running--
        return made
      },
    }))
    expect([most, (await calls()).length, sent.length]).toEqual([2, 2, 6])
  })
})

describe('a connector', () => {
  it('of which every call has failed for as long as its policy says is paused', async ({ expect }) => {
    const { name, seed } = await stack({ policy: { autoPause } })
    const job = only(await seed(1))
    const failingSince = Date.now() - 2 * HOUR
    const grant = { state: 'closed' as const, generation: 1, permits: 1, retryAfterMs: 0 }
    await consume([messageOf(job)], { breaker: () => ({ acquire: async () => ({ grant, transitions: [], failingSince }) }) })
    expect(await paused(name)).toHaveLength(1)
    expect((await eventsOf(name)).toSorted()).toEqual(['connector.auto_paused', 'job.succeeded'])
  })

  it('that asks to be called no more is paused, and what was told too late for the job’s log is told all the same', async ({
    expect,
  }) => {
    const { name, seed, answers } = await stack({ policy: { autoPause } })
    await answers({ status: 200, headers: { 'webhook-delivery': 'disable' } })
    const job = only(await seed(1))
    await consume([messageOf(job)], (real) => ({
      autoPause: {
        ...real.autoPause,
        onDisable(place) {
          const late = new Promise((resolve) => setTimeout(resolve, 400)).then(() => real.autoPause.onDisable(place))
          place.tools.keep(late)
        },
      },
    }))
    expect(await paused(name)).toHaveLength(1)
    expect((await readLog(job.id)).events.map(({ type }) => type)).toEqual(['job.succeeded'])
    expect(await eventsOf(name)).toEqual(['job.succeeded', 'connector.auto_paused'])
  })
})
