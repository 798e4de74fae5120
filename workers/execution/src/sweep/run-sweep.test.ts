import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env as testEnv } from 'cloudflare:workers'
import { CURRENT_KEY } from '@orchestrator/shared/config/snapshot-store'
import { type AcceptedWebhook, serialiseAccepted } from '@orchestrator/shared/inbox/accepted'
import { fallbackKey } from '@orchestrator/shared/inbox/restore-accepted'
import { acceptedWebhook } from '@orchestrator/shared/testing/accepted-webhook'
import { insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { describe, it } from 'vitest'
import { createExecution } from '../app.ts'
import { createIsolate, createSweepDeps } from '../deps.ts'
import { consume, env, readJob, stack } from '../testing/stack.ts'
import { runSweep, type SweepDeps } from './run-sweep.ts'

function sweepWith(fake: Partial<SweepDeps> = {}) {
  const sent: { queue: string; jobId: string }[] = []
  const lines: string[] = []
  const telemetry = { logger: createLogger({}, (_level, line) => void lines.push(line)), reporter: { report: () => undefined } }
  const deps: SweepDeps = {
    ...createSweepDeps(env, createIsolate(), telemetry),
    sendJobs: async (queue, messages) => void sent.push(...messages.map(({ body }) => ({ queue, jobId: body.jobId }))),
    ...fake,
  }
  return { run: () => runSweep(deps), sent, lines }
}

function waitingWebhook(connector: string, revision: number): AcceptedWebhook {
  const now = Date.now()
  const id = testId('whk', 0, now)
  const record = acceptedWebhook({
    id,
    dedupeKeys: [id],
    receivedAt: now,
    type: 'customer.subscription.updated',
    body: JSON.stringify({ data: { object: { id: 'sub_1', status: 'active' } } }),
    configRevision: revision,
  })
  const jobs = record.jobs.map((job) => ({ ...job, id: testId('job', 0, now), route: connector, connector }))
  return { ...record, jobs }
}

describe('a run of the sweep', () => {
  it('sends the waiting jobs of all live shards to their own queues', async ({ expect }) => {
    await stack()
    const now = Date.now()
    const critical = jobRow({ queue: 'critical', wakeAt: now - 1 })
    const other = jobRow({ id: testId('job', 1), wakeAt: now - 1, queue: 'low' })
    await insertRows(env.DATA_00, 'jobs', critical)
    await insertRows(env.DATA_01, 'jobs', other)
    const { run, sent } = sweepWith()
    expect((await run()).resent).toBe(2)
    expect(sent).toEqual([
      { queue: 'critical', jobId: critical.id },
      { queue: 'low', jobId: other.id },
    ])
    expect((await run()).resent).toBe(0)
  })

  it('goes on with the other parts when one fails', async ({ expect }) => {
    await stack()
    const job = jobRow({ id: testId('job', 1), wakeAt: 1 })
    await insertRows(env.DATA_01, 'jobs', job)
    const base = sweepWith()
    const real = createSweepDeps(env, createIsolate(), {
      logger: createLogger({}, () => undefined),
      reporter: { report: () => undefined },
    })
    const { run, sent, lines } = sweepWith({
      sweepShard: (shard, options) => (shard === 0 ? Promise.reject(new Error('injected')) : real.sweepShard(shard, options)),
      listFallbacks: () => Promise.reject(new Error('injected')),
    })
    expect(base.sent).toEqual([])
    expect(await run()).toEqual({ resent: 1, restored: 0 })
    expect(sent).toEqual([{ queue: 'webhook', jobId: job.id }])
    expect(lines.filter((line) => line.includes('a part of the sweep failed'))).toHaveLength(2)
  })

  it('sends a job again later when it could not be sent now', async ({ expect }) => {
    await stack()
    const job = jobRow({ wakeAt: 1 })
    await insertRows(env.DATA_00, 'jobs', job)
    await sweepWith({ sendJobs: () => Promise.reject(new Error('injected')) }).run()
    const { wakeAt } = await readJob(job.id)
    const { run, sent } = sweepWith({ now: () => (wakeAt ?? 0) + 1 })
    await run()
    expect(sent.map(({ jobId }) => jobId)).toContain(job.id)
  })

  it('brings webhooks in that waited in R2', async ({ expect }) => {
    const { name, snapshot, calls } = await stack()
    const record = waitingWebhook(name, snapshot.revision)
    await env.PAYLOADS.put(fallbackKey(record.id), serialiseAccepted(record))
    const { run } = sweepWith()
    expect((await run()).restored).toBe(1)
    expect(await env.PAYLOADS.head(fallbackKey(record.id))).toBeNull()
    const job = await readJob(record.jobs[0]?.id ?? '')
    expect(job).toMatchObject({ state: 'queued', inboxId: record.id })
    await consume([{ kind: 'job', jobId: job.id, generation: 1, trace: job.trace }])
    expect(await calls()).toHaveLength(1)
  })

  it('is what the cron runs', async ({ expect }) => {
    await stack()
    const job = jobRow({ wakeAt: 1, dueAt: Date.now() + 86_400_000 })
    await insertRows(env.DATA_00, 'jobs', job)
    const context = createExecutionContext()
    await createExecution().scheduled(
      createScheduledController({ cron: '* * * * *', scheduledTime: new Date() }),
      testEnv,
      context,
    )
    await waitOnExecutionContext(context)
    expect((await readJob(job.id)).resends).toBe(1)
  })
})

describe('a webhook that waited', () => {
  it('comes in by its pointer or out of the message itself, once', async ({ expect }) => {
    const { name, snapshot } = await stack()
    const pointed = waitingWebhook(name, snapshot.revision)
    const whole = waitingWebhook(name, snapshot.revision)
    await env.PAYLOADS.put(fallbackKey(pointed.id), serialiseAccepted(pointed))
    const messages = [
      { kind: 'fallback-pointer', inboxId: pointed.id, key: fallbackKey(pointed.id) },
      { kind: 'fallback-webhook', inboxId: whole.id, record: serialiseAccepted(whole) },
    ]
    expect((await consume(messages)).acked).toBe(2)
    expect((await consume(messages)).acked).toBe(2)
    const ids = [pointed, whole].map(({ jobs }) => jobs[0]?.id ?? '')
    expect((await Promise.all(ids.map(readJob))).map(({ state }) => state)).toEqual(['queued', 'queued'])
    expect(await env.PAYLOADS.head(CURRENT_KEY)).not.toBeNull()
  })

  it('waits on while DATA is down, and is kept as a dead letter when it cannot be read', async ({ expect }) => {
    await stack()
    const message = { kind: 'fallback-webhook', inboxId: testId('whk'), record: 'not a webhook' }
    const failed = await consume([message], { restoreText: () => Promise.reject(new Error('injected')) })
    expect([failed.acked, failed.retried.length]).toEqual([0, 1])
    const kept = await consume([message])
    expect([kept.acked, kept.notices.length]).toEqual([1, 1])
  })
})
