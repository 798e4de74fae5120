import { provider as providerContract } from '@orchestrator/shared/contracts/config'
import { evictDurableObject } from 'cloudflare:test'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import { sweepShard } from '@orchestrator/shared/jobs/sweep'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import { consume, env, messageOf, only, readJob, readLetters, readLog, stack } from '../testing/stack.ts'

const breaker: NonNullable<Policy['circuitBreaker']> = {
  ...(testPolicy().circuitBreaker as NonNullable<Policy['circuitBreaker']>),
  openMs: 2_000,
}
const away = () => {
  throw new Error('the Durable Object is away')
}
const types = async (id: string) => (await readLog(id)).events.map(({ type }) => type)

describe('the circuit breaker', () => {
  it('opens on failures, puts jobs off at no attempt, survives eviction, half-opens for one call, and closes', async ({
    expect,
  }) => {
    const { seed, calls, answers, name } = await stack({ policy: { circuitBreaker: breaker } })
    await answers({ status: 503 })
    const failing = await seed(10)
    await consume(failing.map(messageOf))
    expect(await calls()).toHaveLength(10)
    const opened = await Promise.all(failing.map((job) => types(job.id)))
    expect(opened.flat().filter((type) => type === 'breaker.opened')).toHaveLength(1)

    await evictDurableObject(env.CIRCUIT_BREAKER.get(env.CIRCUIT_BREAKER.idFromName(name)))
    const waiting = await seed(3)
    const now = Date.now()
    const refused = await consume(waiting.map(messageOf), { now: () => now })
    expect(await calls()).toHaveLength(10)
    expect(refused.acked).toBe(3)
    expect(refused.sent).toHaveLength(3)
    for (const { delaySeconds } of refused.sent) expect([2, 3]).toContain(delaySeconds)
    for (const job of waiting) {
      const row = await readJob(job.id)
      expect(row).toMatchObject({ state: 'queued', attempts: 0, lastError: 'waiting: the circuit breaker is open' })
      expect(row.dueAt).toBeGreaterThan(now)
      expect(row.wakeAt).toBe(row.dueAt + 15_000)
      const { attempts, events } = await readLog(job.id)
      expect(attempts).toEqual([])
      expect(only(events)).toMatchObject({ type: 'job.deferred', data: { reason: 'circuit_breaker' } })
    }

    await new Promise((resolve) => setTimeout(resolve, 2_050))
    await answers({ status: 200 })
    const later = Date.now() + 5_000
    const half = await consume(waiting.map(messageOf), { now: () => later })
    expect(await calls()).toHaveLength(11)
    expect(half.sent).toHaveLength(2)
    const states = await Promise.all(waiting.map(async (job) => (await readJob(job.id)).state))
    expect(states.sort()).toEqual(['queued', 'queued', 'succeeded'])
    const events = (await Promise.all(waiting.map((job) => types(job.id)))).flat()
    expect(events).toContain('breaker.half_opened')
    expect(events).toContain('breaker.closed')

    await consume(waiting.map(messageOf), { now: () => later + 60_000 })
    expect(await calls()).toHaveLength(13)
  })

  it('is asked once for a whole batch', async ({ expect }) => {
    const { seed } = await stack()
    let asked = 0
    const jobs = await seed(24)
    await consume(jobs.map(messageOf), (real) => ({
      breaker: (connector) => {
        asked++
        return real.breaker(connector)
      },
    }))
    expect(asked).toBe(1)
    expect((await Promise.all(jobs.map((job) => readJob(job.id)))).every((job) => job.state === 'succeeded')).toBe(true)
  })

  it('that cannot be asked lets jobs pass by default, and an event says so', async ({ expect }) => {
    const { seed, calls } = await stack()
    const job = only(await seed(1))
    await consume([messageOf(job)], { breaker: away })
    expect(await calls()).toHaveLength(1)
    expect(await types(job.id)).toEqual(['breaker.unavailable', 'job.succeeded'])
  })

  it('that cannot be asked refuses where the policy fails closed, without hanging on it', async ({ expect }) => {
    const { seed, calls } = await stack({ policy: { circuitBreaker: { ...breaker, onUnavailable: 'failClosed' } } })
    const job = only(await seed(1))
    const hanging = { acquire: () => new Promise<never>(() => undefined) }
    await consume([messageOf(job)], { breaker: () => hanging })
    expect(await calls()).toHaveLength(0)
    expect(await readJob(job.id)).toMatchObject({ state: 'queued', attempts: 0 })
    expect(await types(job.id)).toEqual(['breaker.unavailable', 'job.deferred'])
  })

  it('that an operator forced open or closed is not asked', async ({ expect }) => {
    const open = await stack()
    const forced = await stack({ config: { breakerOverrides: [{ connector: open.name, state: 'open' }] } })
    const [job] = await open.seed(1)
    if (!job) throw new Error('no job')
    await consume([messageOf(job)], { breaker: away })
    expect(await open.calls()).toHaveLength(0)
    expect(await types(job.id)).toEqual(['job.deferred'])
    await stack({
      config: {
        breakerOverrides: [
          { connector: open.name, state: 'closed' },
          { connector: forced.name, state: 'open' },
        ],
      },
    })
    await consume([messageOf(job)], { breaker: away, now: () => Date.now() + 60_000 })
    expect(await types(job.id)).toEqual(['job.deferred', 'job.succeeded'])
  })

  it('that an operator forced open lets nothing through under a policy without a breaker either', async ({ expect }) => {
    const { name, seed, calls } = await stack({ policy: { circuitBreaker: null } })
    await stack({ config: { breakerOverrides: [{ connector: name, state: 'open' }] } })
    const job = only(await seed(1))
    await consume([messageOf(job)])
    expect(await calls()).toHaveLength(0)
    expect(await readJob(job.id)).toMatchObject({ state: 'queued', attempts: 0 })
    expect(await types(job.id)).toEqual(['job.deferred'])
  })

  it('kills a job as breaker_open that could only wait past its deadline', async ({ expect }) => {
    const { seed } = await stack({ policy: { timeout: { perAttemptMs: 5_000, totalMs: 1_000 } } })
    const refusing = {
      acquire: async () => ({
        grant: { state: 'open' as const, generation: 2, permits: 0, retryAfterMs: 1_000 },
        transitions: [],
        failingSince: null,
      }),
    }
    const job = only(await seed(1))
    const { notices } = await consume([messageOf(job)], { breaker: () => refusing })
    expect(notices).toHaveLength(1)
    expect(only(await readLetters(job.id))).toMatchObject({ class: 'breaker_open', attempts: 0 })
  })
})

describe('the rate limit', () => {
  const limited = (onUnavailable: 'failOpen' | 'failClosed') => ({
    policy: { rateLimit: { limit: 1, perMs: 60_000, burst: 3, key: null, onUnavailable } },
  })

  it('lets its burst through and puts the others off at no attempt', async ({ expect }) => {
    const { seed, calls, name } = await stack(limited('failClosed'))
    const jobs = await seed(5)
    const { sent } = await consume(jobs.map(messageOf))
    expect(await calls()).toHaveLength(3)
    expect(sent).toHaveLength(2)
    for (const { delaySeconds } of sent) {
      expect(delaySeconds).toBeGreaterThanOrEqual(60)
      expect(delaySeconds).toBeLessThanOrEqual(90)
    }
    const rows = await Promise.all(jobs.map((job) => readJob(job.id)))
    expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
      ['succeeded', 1],
      ['queued', 0],
      ['queued', 0],
    ])
    await evictDurableObject(env.RATE_LIMITER.get(env.RATE_LIMITER.idFromName(name)))
    const more = await seed(1)
    await consume(more.map(messageOf))
    expect(await calls()).toHaveLength(3)
  })

  it('that cannot be asked refuses or lets pass, as the policy says', async ({ expect }) => {
    for (const [onUnavailable, called, events] of [
      ['failClosed', 0, ['rate_limit.unavailable', 'job.deferred']],
      ['failOpen', 1, ['rate_limit.unavailable', 'job.succeeded']],
    ] as const) {
      const { seed, calls } = await stack(limited(onUnavailable))
      const job = only(await seed(1))
      await consume([messageOf(job)], { rateLimiter: away })
      expect(await calls()).toHaveLength(called)
      expect(await types(job.id)).toEqual(events)
    }
  })
})

describe('a pause', () => {
  for (const kind of ['connector', 'queue', 'provider'] as const) {
    it(`of the ${kind} holds the job, and its end lets it go`, async ({ expect }) => {
      const { seed, calls, name } = await stack()
      const id = { connector: name, queue: 'webhook', provider: 'stripe' }[kind]
      await stack({ config: { pauses: [{ kind, id }] } })
      const job = only(await seed(1))
      const { acked, sent } = await consume([messageOf(job)])
      expect({ acked, sent }).toEqual({ acked: 1, sent: [] })
      expect(await readJob(job.id)).toMatchObject({
        state: 'held',
        attempts: 0,
        lastError: `held: the ${kind} “${id}” is paused`,
      })
      await stack()
      await consume([messageOf(job)], { now: () => Date.now() + 1_000 })
      expect(await calls()).toHaveLength(1)
      expect(await types(job.id)).toEqual(['job.held', 'job.succeeded'])
    })
  }
  it('of a provider by its own switch holds its jobs, which the sweep leaves alone, and sends once it is resumed', async ({
    expect,
  }) => {
    const provider = providerContract.parse({
      id: 'stripe',
      preset: 'stripe',
      enabled: true,
      paused: true,
      secret: 'stripe-signing',
      bodyLimitBytes: 1_048_576,
      dedupeWindowMs: 60_000,
    })
    const { seed, calls, snapshot } = await stack({ config: { providers: [provider] } })
    const job = only(await seed(1))
    await consume([messageOf(job)])
    expect(await calls()).toHaveLength(0)
    const held = await readJob(job.id)
    expect(held).toMatchObject({ state: 'held', attempts: 0, lastError: 'held: the provider “stripe” is paused' })
    const now = (held.wakeAt ?? 0) + 1
    const swept = await sweepShard(env.DATA_00, { now, graceMs: 15_000, pauses: effectivePauses(snapshot) })
    expect(swept.map(({ id }) => id)).not.toContain(job.id)

    const { snapshot: resumed } = await stack({ config: { providers: [{ ...provider, paused: false }] } })
    const later = { now: ((await readJob(job.id)).wakeAt ?? 0) + 1, graceMs: 15_000, pauses: effectivePauses(resumed) }
    expect((await sweepShard(env.DATA_00, later)).map(({ id }) => id)).toContain(job.id)
    await consume([messageOf(job)], { now: () => later.now })
    expect(await readJob(job.id)).toMatchObject({ state: 'succeeded', attempts: 1 })
    expect(await calls()).toHaveLength(1)
  })

  it('longer than the total deadline costs the job none of it', async ({ expect }) => {
    const policy = { timeout: { perAttemptMs: 5_000, totalMs: 60_000 } }
    const { seed, calls, name } = await stack({ policy })
    const now = Date.now()
    const dueAt = now - 10
    const retrying = { state: 'retrying', attempts: 1, firstStartedAt: now - 50_000 } as const
    const jobs = [...(await seed(1, { dueAt })), ...(await seed(1, { dueAt, ...retrying }))]
    const pinned = { policies: [testPolicy({ ...policy, id: name })], pauses: [{ kind: 'connector' as const, id: name }] }
    await stack({ config: pinned })
    for (const minutes of [0, 10, 60]) await consume(jobs.map(messageOf), { now: () => now + minutes * 60_000 })
    expect((await Promise.all(jobs.map((job) => readJob(job.id)))).map(({ state }) => state)).toEqual(['held', 'held'])
    await stack()
    await consume(jobs.map(messageOf), { now: () => now + 86_400_000 })
    expect(await calls()).toHaveLength(2)
    const rows = await Promise.all(jobs.map((job) => readJob(job.id)))
    expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['succeeded', 1],
      ['succeeded', 2],
    ])
  })

  it('takes no permits of the rate limit for the jobs that it holds', async ({ expect }) => {
    const limited = { rateLimit: { limit: 1, perMs: 60_000, burst: 3, key: null, onUnavailable: 'failClosed' as const } }
    const { seed } = await stack({ policy: limited, config: { pauses: [{ kind: 'queue', id: 'low' }] } })
    const jobs = [...(await seed(4, { queue: 'low' })), ...(await seed(1))]
    let asked = 0
    await consume(jobs.map(messageOf), (real) => ({
      rateLimiter(key) {
        const limiter = real.rateLimiter(key)
        return {
          acquire(policy, count) {
            asked += count
            return limiter.acquire(policy, count)
          },
          enter: (...place) => limiter.enter(...place),
          leave: (ids) => limiter.leave(ids),
        }
      },
    }))
    expect(asked).toBe(1)
  })
})
