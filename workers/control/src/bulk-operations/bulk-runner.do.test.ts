import { createExecutionContext, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { provider, route } from '@orchestrator/shared/contracts/config'
import type { BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { shardByNumber } from '@orchestrator/shared/db/shards'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { deadLetterRow, inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import worker from '../index.ts'
import { answer, ask, bindings, bindPeople, publishTestConfig, withBrokenTable } from '../testing/harness.ts'
import { begin, ends, operation, reaches, replayTarget, someConnector, someDead, started, storyWith } from '../testing/bulk.ts'
import { readJob } from '../testing/jobs.ts'
import type { BulkRunner } from './bulk-runner.do.ts'
import { wakeOverdueRunners } from './wake-overdue.ts'

const runners = (env as unknown as { BULK_RUNNER: DurableObjectNamespace<BulkRunner> }).BULK_RUNNER
const runnerOf = (id: string) => runners.get(runners.idFromName(id))
const decide = (id: string, decision: string) =>
  answer<BulkOperation>(ask(`/v1/bulk-operations/${id}/${decision}`, { method: 'POST', as: 'operator', body: { reason: 'r' } }))

beforeAll(async () => {
  await bindPeople()
  const routes = ['bulk', 'by-name'].map((id) =>
    route.parse({
      id,
      provider: 'stripe',
      enabled: true,
      eventTypes: [id === 'bulk' ? 'bulk.*' : 'nothing'],
      connector: 'billing',
      operation: 'set-subscription',
      input: '$',
      queue: 'low',
    }),
  )
  const stripe = provider.parse({
    id: 'stripe',
    preset: 'stripe',
    enabled: true,
    paused: false,
    secret: 's',
    bodyLimitBytes: 1_000,
    dedupeWindowMs: 60_000,
  })
  await publishTestConfig({ providers: [stripe], routes })
})

describe('the runner of a bulk operation', () => {
  it('goes on after it was evicted, and after its alarm was lost and the cron found it', async ({ expect }) => {
    const connector = someConnector()
    await someDead(6, () => ({ job: { connector } }))
    const { id } = await started({ target: replayTarget({ connector }), ratePerSecond: 1 })
    await reaches(id, ({ done }) => done > 0)
    const stub = runnerOf(id)
    await evictDurableObject(stub)
    await reaches(id, ({ done }) => done > 1)
    await runInDurableObject(stub, (_, state) => state.storage.deleteAll())
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { done, status } = await operation(id)
    expect(await runDurableObjectAlarm(stub)).toBe(false)
    expect(status).toBe('running')
    const cron = () => worker.scheduled({} as ScheduledController, env, createExecutionContext())
    await cron()
    expect(await runDurableObjectAlarm(stub), 'it is not late yet').toBe(false)
    await bindings.DATA_01.prepare('UPDATE bulk_operations SET wake_at = wake_at - 60000 WHERE id = ?').bind(id).run()
    await cron()
    await reaches(id, (now) => now.done > done)
    await decide(id, 'cancel')
  })

  it('is woken though a database that comes before its own does not answer', async ({ expect }) => {
    const woken: string[] = []
    const own = shardByNumber(bindings, 1)!
    const connector = someConnector()
    await someDead(6, () => ({ job: { connector } }))
    const { id } = await started({ target: replayTarget({ connector }), ratePerSecond: 1 })
    const deps = {
      now: () => Date.now() + 3_600_000,
      logger: createLogger({ worker: 'control' }),
      liveShards: async () => [{ ...own, read: () => Promise.reject(new Error('away')) }, own],
      wakeRunner: async (one: string) => void woken.push(one),
    }
    await expect(wakeOverdueRunners(deps)).rejects.toThrow('away')
    expect(woken).toContain(id)
    await decide(id, 'cancel')
  })

  it('leaves nothing behind in itself when it is over, and does nothing when it is woken again', async ({ expect }) => {
    const connector = someConnector()
    const [job] = await someDead(1, () => ({ job: { connector } }))
    const { id } = await started({ target: replayTarget({ connector }) })
    await ends(id)
    await storyWith(id, 'bulk_operation.finished')
    await reaches(id, () => true)
    const stub = runnerOf(id)
    await stub.wake(id)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const left = await runInDurableObject(stub, async (_, { storage }) => [await storage.getAlarm(), (await storage.list()).size])
    expect(left).toEqual([null, 0])
    expect(await operation(id)).toMatchObject({ status: 'done', done: 1 })
    expect(await readJob(job!.id)).toMatchObject({ generation: 2 })
    expect(await storyWith(id, 'bulk_operation.finished')).toHaveLength(2)
  })

  it('takes only what had died before it began, so that no job is replayed twice', async ({ expect }) => {
    const connector = someConnector()
    const [, first] = await someDead(3, (n) => ({ job: { connector }, letter: { diedAt: n === 1 ? 9_000 : 5 } }))
    const { id } = await started({ target: replayTarget({ connector }), ratePerSecond: 1 })
    await reaches(id, ({ done }) => done > 0)
    const now = Date.now()
    await bindings.DATA_01.prepare(`UPDATE jobs SET state = 'dead', wake_at = NULL WHERE id = ?`).bind(first?.id).run()
    const again = { ...first!, generation: 2 }
    await insertRows(bindings.DATA_01, 'dead_letters', deadLetterRow(again, { diedAt: now }))
    const [late] = await someDead(1, () => ({ job: { connector }, letter: { diedAt: now } }))
    expect(await ends(id)).toMatchObject({ status: 'done', done: 3, skipped: 0 })
    expect(await readJob(first!.id)).toMatchObject({ state: 'dead', generation: 2 })
    expect(await readJob(late!.id)).toMatchObject({ state: 'dead', generation: 1 })
  })

  it(
    'stops itself when too many of those it replayed are dead again, and resumed counts from zero',
    { timeout: 20_000 },
    async ({ expect }) => {
      const connector = someConnector()
      const jobs = await someDead(16, () => ({ job: { connector } }))
      const { id } = await started({ target: replayTarget({ connector }), ratePerSecond: 2, stopAfterFailures: 2 })
      await reaches(id, ({ done }) => done >= 2)
      const now = Date.now()
      // Those of other operations, or of nobody's, are no failures of this one.
      await someDead(5, () => ({ job: { connector: 'other' }, letter: { diedAt: now } }))
      const replayed = [jobs[15]!, jobs[13]!]
      await insertRows(
        bindings.DATA_01,
        'dead_letters',
        ...replayed.map((job) => deadLetterRow({ ...job, generation: 2 }, { diedAt: now })),
      )
      expect(await ends(id)).toMatchObject({ status: 'stopped', failed: 0, finishedAt: null })
      const [, stop] = await storyWith(id, 'bulk_operation.paused')
      expect(stop).toMatchObject({
        actor: { kind: 'system', id: 'bulk-runner' },
        reason: expect.stringContaining('2 or more have failed') as string,
        after: { status: 'stopped' },
      })
      expect(await decide(id, 'resume')).toMatchObject({ status: 'running' })
      // They are still dead, and count no more.
      const { done } = await operation(id)
      await reaches(id, (now) => now.done >= done + 3)
      expect(await operation(id)).toMatchObject({ status: 'running' })
      const again = [jobs[11]!, jobs[9]!].map((job) => deadLetterRow({ ...job, generation: 2 }, { diedAt: Date.now() }))
      await insertRows(bindings.DATA_01, 'dead_letters', ...again)
      expect((await ends(id)).status).toBe('stopped')
      await storyWith(id, 'bulk_operation.paused', 2)
      expect(await decide(id, 'cancel')).toMatchObject({ status: 'cancelled' })
      expect((await storyWith(id, 'bulk_operation.finished')).map(({ action }) => action.split('.')[1])).toEqual([
        'started',
        'paused',
        'decision_requested',
        'resumed',
        'paused',
        'decision_requested',
        'cancelled',
        'finished',
      ])
    },
  )

  it('says what is wrong while a database fails, and goes on when it is back', async ({ expect }) => {
    const connector = someConnector()
    await someDead(4, () => ({ job: { connector } }))
    let begun: BulkOperation | undefined
    await withBrokenTable(bindings.DATA_01, 'events', async () => {
      begun = await started({ target: replayTarget({ connector }) })
      const failing = await reaches(begun.id, ({ lastError }) => lastError !== null)
      expect(failing).toMatchObject({ status: 'running', done: 0, failed: 0 })
      expect(failing.lastError).toContain('DATA_01')
    })
    expect(await ends(begun?.id ?? '')).toMatchObject({ status: 'done', done: 4, failed: 0, lastError: null })
  })

  it('tells its end once, as soon as the audit log can be written again', async ({ expect }) => {
    const connector = someConnector()
    await someDead(2, () => ({ job: { connector } }))
    const { id } = await started({ target: replayTarget({ connector }), ratePerSecond: 1 })
    await withBrokenTable(bindings.CONTROL_DB, 'audit_log', async () => {
      const wakes = () => bindings.DATA_01.prepare('SELECT status, wake_at FROM bulk_operations WHERE id = ?').bind(id).first()
      for (let n = 0; n < 200 && (await wakes())?.['status'] !== 'done'; n++)
        await new Promise((resolve) => setTimeout(resolve, 20))
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(await wakes()).toMatchObject({ status: 'done', wake_at: expect.any(Number) as number })
    })
    expect(await storyWith(id, 'bulk_operation.finished')).toHaveLength(2)
  })
})

describe('what is done to many', () => {
  it('replays under the configuration in force and with a new key, where that is asked for', async ({ expect }) => {
    const connector = someConnector()
    const [job] = await someDead(1, () => ({ job: { configRevision: 99 }, letter: { connector } }))
    const options = { config: 'current', idempotencyKey: 'new' }
    expect(await ends((await started({ target: replayTarget({ connector }, options) })).id)).toMatchObject({ done: 1 })
    expect(await readJob(job!.id)).toMatchObject({ config_revision: 1, key_generation: 2 })
  })

  it('leaves alone what cannot go on under the configuration in force, and counts it as failed', async ({ expect }) => {
    const connector = someConnector()
    const gone = someConnector()
    const dead = (count: number, changes: Partial<JobRow>) =>
      someDead(count, () => ({ job: { configRevision: 99, ...changes }, letter: { connector } }))
    const [stays] = await dead(1, { connector: gone })
    const [goes] = await dead(1, {})
    const { id } = await started({ target: replayTarget({ connector }, { config: 'current' }) })
    const ended = await ends(id)
    expect(ended).toMatchObject({ total: 2, done: 1, failed: 1 })
    expect(ended.lastError).toContain(`has no connector “${gone}”`)
    expect(await readJob(stays!.id)).toMatchObject({ state: 'dead', generation: 1, config_revision: 99 })
    expect(await readJob(goes!.id)).toMatchObject({ generation: 2, config_revision: 1 })
    expect((await storyWith(id, 'bulk_operation.started'))[0]).toMatchObject({ after: { configRevision: 1 } })
  })

  it('discards dead letters', async ({ expect }) => {
    const connector = someConnector()
    const jobs = await someDead(60, () => ({ job: { connector } }))
    const target = { kind: 'discard_dead_letters', filter: { connector } }
    expect(await ends((await started({ target, ratePerSecond: 500 })).id)).toMatchObject({ done: 60, skipped: 0 })
    const letter = await answer(ask(`/v1/dead-letters/${jobs[3]?.id}.1`, { as: 'viewer' }))
    expect(letter).toMatchObject({ status: 'discarded' })
    expect((await begin({ target })).status).toBe(422)
  })

  it('cancels jobs that wait', async ({ expect }) => {
    const connector = someConnector()
    const jobs = Array.from({ length: 5 }, (_, n) => jobRow({ connector, state: n === 4 ? 'running' : 'queued' }))
    await insertRows(bindings.DATA_00, 'jobs', ...jobs)
    const { id } = await started({ target: { kind: 'cancel_jobs', filter: { connector } } })
    expect(await ends(id)).toMatchObject({ total: 4, done: 4, skipped: 0 })
    expect(await readJob(jobs[0]!.id)).toMatchObject({ state: 'cancelled', bulk_id: id })
    expect(await readJob(jobs[4]!.id)).toMatchObject({ state: 'running' })
    const shown = await answer<{ events: { type: string; data: unknown }[] }>(ask(`/v1/jobs/${jobs[0]?.id}`, { as: 'viewer' }))
    expect(shown.events).toMatchObject([{ type: 'job.cancelled', data: { bulkId: id, reason: 'billing is back' } }])
  })

  it('routes webhooks again, the ignored ones too, each once whatever happens', async ({ expect }) => {
    const at = Date.parse('2026-03-01T00:00:00Z')
    const range = { provider: 'stripe', from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' }
    const webhooks = Array.from({ length: 30 }, (_, n) =>
      inboxRow({ id: testId('whk', 1, at), type: n < 25 ? 'bulk.one' : 'unrouted', status: n % 2 ? 'ignored' : 'accepted' }),
    )
    await insertRows(bindings.DATA_01, 'inbox', ...webhooks)
    const { id } = await started({ target: { kind: 'replay_webhooks', filter: range } })
    const done = await ends(id)
    expect(done).toMatchObject({ total: 30, done: 25, skipped: 0, failed: 5 })
    expect(done.lastError).toContain('No enabled route takes this webhook')
    const made = () =>
      bindings.DATA_01.prepare('SELECT count(*) AS n, count(DISTINCT inbox_id) AS webhooks FROM jobs WHERE bulk_id = ?')
        .bind(id)
        .first()
    expect(await made()).toEqual({ n: 25, webhooks: 25 })

    // A step that is repeated, long after the jobs of its first try are done, finds what that one did.
    await bindings.DATA_01.prepare(`UPDATE jobs SET state = 'succeeded', wake_at = NULL, created_at = 5 WHERE bulk_id = ?`)
      .bind(id)
      .run()
    const position = { shards: [1], after: null, taken: null, takenAt: null, failures: 0, deaths: { until: 0, count: 0 } }
    await bindings.DATA_01.prepare(
      `UPDATE bulk_operations SET status = 'running', position = ?, wake_at = 1, done = 0, failed = 0, finished_at = NULL WHERE id = ?`,
    )
      .bind(JSON.stringify(position), id)
      .run()
    await runnerOf(id).wake(id)
    expect(await ends(id)).toMatchObject({ status: 'done', done: 25, failed: 5 })
    expect(await made()).toEqual({ n: 25, webhooks: 25 })

    const byName = { kind: 'replay_webhooks', filter: range, routes: ['by-name'] }
    expect(await ends((await started({ target: byName })).id)).toMatchObject({ done: 30, failed: 0 })
  })
})
