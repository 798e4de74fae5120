import { claimJobs } from '@orchestrator/shared/jobs/claim'
import { finishJobs } from '@orchestrator/shared/jobs/finish'
import { describe, it } from 'vitest'
import { consume, env, messageOf, only, readJob, readLetters, readLog, stack } from '../testing/stack.ts'

describe('a job that succeeds', () => {
  it('calls the upstream once, as the connector and the trace say, and is written', async ({ expect }) => {
    const { seed, calls, answers } = await stack()
    await answers({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"sub_1","status":"active"}' })
    const job = only(await seed(1))
    const { acked, retried, sent, notices, lines } = await consume([messageOf(job)])
    expect({ acked, retried, sent, notices }).toEqual({ acked: 1, retried: [], sent: [], notices: [] })
    const call = only(await calls())
    expect(call).toMatchObject({ method: 'PUT', path: '/subscriptions/sub_1', body: '{"status":"active"}' })
    expect(call.headers).toMatchObject({
      authorization: 'Bearer billing_development_only',
      'content-type': 'application/json',
      'idempotency-key': job.id,
      'user-agent': 'Orchestrator/1',
    })
    const [, traceId, spanId] = (call.headers['traceparent'] ?? '').split('-')
    expect(job.trace).toContain(traceId)
    expect(job.trace).not.toContain(spanId)
    const row = await readJob(job.id)
    expect(row).toMatchObject({ state: 'succeeded', attempts: 1, wakeAt: null, lastError: null })
    expect(JSON.parse(row.result ?? '')).toEqual({ status: 200, body: { id: 'sub_1', status: 'active' } })
    const log = await readLog(job.id)
    expect(only(log.attempts)).toMatchObject({ outcome: 'success', status: 200, idempotencyKey: job.id, attempt: 1 })
    expect(only(log.events)).toEqual({ type: 'job.succeeded', jobId: job.id })
    const line = only(lines.filter((one) => one['message'] === 'job attempt'))
    expect(line).toMatchObject({ jobId: job.id, connector: job.connector, outcome: 'succeeded', status: 200, traceId })
    expect(JSON.stringify(lines)).not.toContain('billing_development_only')
  })

  it('writes 3 rows of DATA: the claim, the end, the attempt with its event', async ({ expect }) => {
    const { seed } = await stack()
    const job = only(await seed(1))
    let written = 0
    const counting = new Proxy(env.DATA_00, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (name !== 'batch') return typeof value === 'function' ? (value.bind(target) as unknown) : value
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements)
          written += results.reduce((sum, { meta }) => sum + meta.rows_written, 0)
          return results
        }
      },
    })
    await consume([messageOf(job)], {
      claim: (_shard, requests, options) => claimJobs(counting, requests, options),
      finish: (_shard, items, options) => finishJobs(counting, items, options),
    })
    expect((await readJob(job.id)).state).toBe('succeeded')
    expect(written).toBe(3)
  })

  it('is called once however often its message comes', async ({ expect }) => {
    const { seed, calls } = await stack()
    const [one, two] = (await seed(2)).map(messageOf)
    const first = await consume([one, one, two, one])
    const second = await consume([one, two])
    expect([first.acked, second.acked]).toEqual([4, 2])
    expect(await calls()).toHaveLength(2)
  })
})

describe('an upstream that fails', () => {
  it('is tried at growing delays inside their caps, then the job is dead and its queue is told', async ({ expect }) => {
    const { seed, calls, answers } = await stack()
    await answers({ status: 500, body: 'boom' })
    const job = only(await seed(1))
    let now = Date.now()
    const caps = [1_000, 2_000, 4_000]
    for (const [i, cap] of caps.entries()) {
      const { acked, sent } = await consume([messageOf(job)], { now: () => now })
      expect(acked).toBe(1)
      const row = await readJob(job.id)
      const delay = row.dueAt - now
      expect(row).toMatchObject({ state: 'retrying', attempts: i + 1, wakeAt: row.dueAt + 15_000 })
      expect(delay).toBeGreaterThanOrEqual(cap / 2)
      expect(delay).toBeLessThanOrEqual(cap)
      expect(only(sent)).toEqual({ body: messageOf(job), delaySeconds: Math.ceil(delay / 1_000) })
      now = row.dueAt
    }
    const last = await consume([messageOf(job)], { now: () => now })
    expect(last).toMatchObject({ acked: 1, sent: [], notices: [{ kind: 'dead-letter', jobId: job.id, generation: 1 }] })
    expect(await readJob(job.id)).toMatchObject({ state: 'dead', attempts: 4, wakeAt: null, finishedAt: now })
    expect(only(await readLetters(job.id))).toMatchObject({
      class: 'upstream_failed',
      attempts: 4,
      status: 'open',
      generation: 1,
    })
    expect(await calls()).toHaveLength(4)
    const { attempts, events } = await readLog(job.id)
    expect(attempts.map(({ attempt, status, outcome }) => [attempt, status, outcome])).toEqual([
      [1, 500, 'failure'],
      [2, 500, 'failure'],
      [3, 500, 'failure'],
      [4, 500, 'failure'],
    ])
    expect(attempts[0]?.responseExcerpt).toBe('boom')
    expect(new Set(attempts.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set([job.id]))
    expect(events.map(({ type, data }) => [type, data?.['capMs'] ?? data?.['class']])).toEqual([
      ['job.retrying', 1_000],
      ['job.retrying', 2_000],
      ['job.retrying', 4_000],
      ['job.dead', 'upstream_failed'],
    ])
  })

  it('and rejects the request kills the job after one attempt', async ({ expect }) => {
    const { seed, calls, answers } = await stack()
    await answers({ status: 422, body: '{"error":"unknown status"}' })
    const job = only(await seed(1))
    expect((await consume([messageOf(job)])).notices).toHaveLength(1)
    expect(only(await readLetters(job.id))).toMatchObject({ class: 'upstream_rejected', attempts: 1 })
    expect(await calls()).toHaveLength(1)
  })

  it('and does not answer in time leaves an unknown attempt', async ({ expect }) => {
    const { seed, answers } = await stack({ policy: { timeout: { perAttemptMs: 300, totalMs: 86_400_000 } } })
    await answers({ status: 200, mode: 'hang' })
    const job = only(await seed(1))
    await consume([messageOf(job)])
    const { attempts } = await readLog(job.id)
    expect(only(attempts)).toMatchObject({ outcome: 'unknown', failure: 'timeout', status: null })
    expect(only(attempts).durationMs).toBeGreaterThanOrEqual(290)
    expect(only(attempts).durationMs).toBeLessThan(2_000)
    expect(await readJob(job.id)).toMatchObject({ state: 'retrying', attempts: 1 })
  })

  it('and redirects is not followed', async ({ expect }) => {
    const { seed, answers, calls } = await stack()
    await answers({ status: 302, headers: { location: 'http://elsewhere.localhost/' } })
    const job = only(await seed(1))
    await consume([messageOf(job)])
    expect(only(await readLetters(job.id))).toMatchObject({ class: 'upstream_rejected' })
    expect(await calls()).toHaveLength(1)
  })

  it('and asks for a pause gets it', async ({ expect }) => {
    const { seed, answers } = await stack()
    await answers({ status: 429, headers: { 'retry-after': '3' } })
    const job = only(await seed(1))
    const now = Date.now()
    const { sent } = await consume([messageOf(job)], { now: () => now })
    expect(await readJob(job.id)).toMatchObject({ state: 'retrying', dueAt: now + 3_000 })
    expect(only(sent).delaySeconds).toBe(3)
    const duplicate = await consume([messageOf(job)], { now: () => now + 500 })
    expect(duplicate).toMatchObject({ acked: 1, retried: [], sent: [] })
    const early = await consume([messageOf(job), messageOf(job)], { now: () => now + 2_500 })
    expect(early).toMatchObject({ acked: 2, retried: [], sent: [{ body: messageOf(job), delaySeconds: 1 }] })
    expect(early.sent).toHaveLength(1)
    const waiting = await readJob(job.id)
    expect(waiting).toMatchObject({ attempts: 1, state: 'retrying', wakeAt: waiting.dueAt + 15_000 })
  })
})
