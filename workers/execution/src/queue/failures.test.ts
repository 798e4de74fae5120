import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { claimJobs } from '@orchestrator/shared/jobs/claim'
import { orphanId } from '@orchestrator/shared/jobs/orphan-id'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { testId } from '@orchestrator/shared/testing/data-rows'
import { describe, it } from 'vitest'
import { createIsolate } from '../deps.ts'
import { createQueueDeps } from '../queue-deps.ts'
import { consume, env, messageOf, only, readJob, readLetters, readLog, stack } from '../testing/stack.ts'
import { dispatchBatch } from './dispatch.ts'

const failing = async (): Promise<never> => {
  throw new Error('injected: D1_ERROR')
}

describe('when something of our own fails', () => {
  it('waits for the configuration, touching nothing', async ({ expect }) => {
    const { seed } = await stack()
    const jobs = await seed(2)
    const { acked, retried } = await consume(jobs.map(messageOf), { config: failing })
    expect(acked).toBe(0)
    expect(retried.map(({ delaySeconds }) => delaySeconds)).toEqual([5, 5])
    expect((await readJob(jobs[0]?.id ?? '')).state).toBe('queued')
  })

  it('waits for DATA when it cannot claim', async ({ expect }) => {
    const { seed, calls } = await stack()
    const jobs = await seed(2)
    const { acked, retried } = await consume(jobs.map(messageOf), { claim: failing })
    expect([acked, retried.length]).toEqual([0, 2])
    expect(await calls()).toHaveLength(0)
  })

  it('does not count a claim against the job whose answer was lost', async ({ expect }) => {
    const { seed, calls } = await stack()
    const job = only(await seed(1))
    const losing = {
      prepare: (sql: string) => env.DATA_00.prepare(sql),
      batch: async (statements: D1PreparedStatement[]) => {
        await env.DATA_00.batch(statements)
        throw new Error('injected: the answer was lost')
      },
    } as unknown as D1Database
    const lost = await consume([messageOf(job)], { claim: (_shard, ...claim) => claimJobs(losing, ...claim) })
    expect([lost.acked, lost.retried.length]).toEqual([0, 1])
    await consume([messageOf(job)])
    expect(await calls()).toHaveLength(1)
    expect(await readJob(job.id)).toMatchObject({ state: 'succeeded', lostLeases: 0 })
  })

  it('takes the job over after its lease when the end could not be written, with the same key', async ({ expect }) => {
    const { seed, calls } = await stack()
    const job = only(await seed(1))
    const now = Date.now()
    const crashed = await consume([messageOf(job)], { finish: failing, now: () => now })
    expect([crashed.acked, crashed.retried.length]).toEqual([0, 1])
    expect(await readJob(job.id)).toMatchObject({ state: 'running', attempts: 0, leaseUntil: now + 20_000 })
    const early = await consume([messageOf(job)], { now: () => now + 20_000 })
    expect(early.acked).toBe(1)
    expect(await calls()).toHaveLength(1)
    await consume([messageOf(job)], { now: () => now + 20_001 })
    const received = await calls()
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual([job.id, job.id])
    expect(await readJob(job.id)).toMatchObject({ state: 'succeeded', attempts: 1, lostLeases: 1 })
    expect((await readLog(job.id)).events.map(({ type }) => type)).toEqual(['job.lease_expired', 'job.succeeded'])
  })

  it('lays a job aside as poison that took five consumers with it', async ({ expect }) => {
    const { seed, calls } = await stack()
    const job = only(await seed(1, { state: 'running', token: 'gone', leaseUntil: 1, firstStartedAt: 1, lostLeases: 4 }))
    const { notices } = await consume([messageOf(job)])
    expect(await calls()).toHaveLength(0)
    expect(notices).toHaveLength(1)
    expect(only(await readLetters(job.id))).toMatchObject({ class: 'poison', attempts: 0 })
  })

  it('writes nothing over the work of the consumer that took over', async ({ expect }) => {
    const { seed } = await stack()
    const job = only(await seed(1))
    const { acked, sent, notices } = await consume([messageOf(job)], (real) => ({
      async finish(shard, items, options) {
        await env.DATA_00.prepare("UPDATE jobs SET token = 'theirs' WHERE id = ?").bind(job.id).run()
        return real.finish(shard, items, options)
      },
    }))
    expect({ acked, sent, notices }).toEqual({ acked: 1, sent: [], notices: [] })
    expect(await readJob(job.id)).toMatchObject({ state: 'running', token: 'theirs', log: '[]' })
  })

  it('does not lose a retry whose message could not be sent', async ({ expect }) => {
    const { seed, answers } = await stack()
    await answers({ status: 500 })
    const job = only(await seed(1))
    const { acked } = await consume([messageOf(job)], { sendJobs: failing })
    expect(acked).toBe(1)
    const row = await readJob(job.id)
    expect(row).toMatchObject({ state: 'retrying', wakeAt: row.dueAt + 15_000 })
  })

  it('puts a job off whose body or configuration cannot be read now, and gives up after a day', async ({ expect }) => {
    const { seed } = await stack()
    const [body, pinned, old] = (await seed(3)) as [JobRow, JobRow, JobRow]
    await env.DATA_00.prepare('UPDATE jobs SET config_revision = 999999 WHERE id IN (?, ?)').bind(pinned.id, old.id).run()
    await env.DATA_00.prepare('UPDATE jobs SET first_started_at = 1 WHERE id = ?').bind(old.id).run()
    await consume([body, pinned, old].map(messageOf), { readWebhook: failing })
    for (const job of [body, pinned]) {
      expect(await readJob(job.id)).toMatchObject({
        state: 'queued',
        attempts: 0,
        lastError: 'waiting: something of our own failed',
      })
    }
    expect(only(await readLetters(old.id))).toMatchObject({ class: 'platform' })
  })
})

describe('a message that no job stands behind', () => {
  it('is kept as a dead letter once, whatever it is', async ({ expect }) => {
    await stack()
    const unknown = {
      kind: 'job',
      jobId: testId('job'),
      generation: 3,
      trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }
    const elsewhere = { ...unknown, jobId: testId('job', 57) }
    const result = await consume([unknown, elsewhere, 'hello', { kind: 'surprise' }, null], {}, 'low')
    expect(result.acked).toBe(5)
    expect(result.notices).toHaveLength(5)
    expect(only(await readLetters(unknown.jobId))).toMatchObject({
      class: 'poison',
      generation: 3,
      queue: 'low',
      status: 'open',
      message: JSON.stringify(unknown),
    })
    const minted = result.notices.slice(0, 5).map(({ jobId }) => jobId)
    const letters = (await Promise.all(minted.map(readLetters))).flat()
    expect(letters.map(({ message }) => message)).toEqual(
      expect.arrayContaining([unknown, elsewhere, 'hello', { kind: 'surprise' }, null].map((body) => JSON.stringify(body))),
    )
    expect(letters).toHaveLength(5)
    await consume([unknown])
    expect(await readLetters(unknown.jobId)).toHaveLength(1)
  })

  it('is kept under the id that the consumer of the dead-letter queues would give it', async ({ expect }) => {
    const { snapshot } = await stack()
    const telemetry = { logger: createLogger({}, () => undefined), reporter: { report: () => undefined } }
    const invocation = { keep: () => undefined, runner: () => ({ run: failing }) }
    const deps = { ...createQueueDeps(env, createIsolate(), telemetry, invocation), sendNotices: async () => undefined }
    const message = { id: crypto.randomUUID(), timestamp: new Date(1_700_000_000_000), body: 'hello', ack() {}, retry() {} }
    await dispatchBatch(deps, { queue: 'low', messages: [message] })
    const id = await orphanId(snapshot.settings.writeShard, { id: message.id, sentAt: message.timestamp.getTime() })
    expect(only(await readLetters(id))).toMatchObject({ class: 'poison', message: '"hello"' })
  })

  it('is left to the sweep when it points to an object that cannot be read', async ({ expect }) => {
    await stack()
    const key = `fallback/${testId('job').replace('job_', 'whk_')}`
    await env.PAYLOADS.put(key, 'not a webhook')
    const result = await consume([{ kind: 'fallback-pointer', inboxId: key.slice('fallback/'.length), key }], {}, 'webhook')
    expect([result.acked, result.notices]).toEqual([1, []])
    expect(await env.PAYLOADS.head(key)).not.toBeNull()
  })

  it('goes back to the queue when it cannot be kept', async ({ expect }) => {
    await stack()
    const { acked, retried } = await consume(['hello'], { keepOrphan: failing })
    expect([acked, retried.length]).toEqual([0, 1])
  })
})

describe('a configuration that does not fit', () => {
  const death = async (broken: Parameters<typeof stack>[0], change: Partial<JobRow> = {}) => {
    const { seed, calls } = await stack(broken)
    const job = only(await seed(1, change))
    await consume([messageOf(job)])
    const letter = only(await readLetters(job.id))
    return { class: letter.class, error: letter.error, calls: (await calls()).length }
  }
  const cases: [string, Parameters<typeof stack>[0], Partial<JobRow>, string][] = [
    ['an unknown connector', {}, { connector: 'nothing' }, 'has no connector “nothing”'],
    ['an unknown operation', {}, { operation: 'nothing' }, 'has no operation “nothing”'],
    ['an unknown route', {}, { route: 'nothing' }, 'has no route “nothing”'],
    ['an unknown policy', { connector: { policy: 'nothing' } }, {}, 'has no policy “nothing”'],
    [
      'a secret that does not exist',
      { connector: { auth: { kind: 'bearer', secret: 'nothing' } } },
      {},
      'the secret “nothing” has no value',
    ],
    [
      'a secret without a value',
      { config: { secrets: [{ name: 'billing-credential', source: 'env', variable: 'NOT_SET' }] } },
      {},
      'has no value',
    ],
    ['a private address', { connector: { baseUrl: 'https://10.0.0.1' } }, {}, 'is refused: it leads into a private network'],
    [
      'a plain http address',
      { connector: { baseUrl: 'http://api.example.com' } },
      {},
      'is refused: it does not begin with https',
    ],
    ['a webhook that is gone', {}, { inboxId: 'whk_00' }, 'is gone'],
  ]
  for (const [name, broken, change, error] of cases) {
    it(`kills the job without a call: ${name}`, async ({ expect }) => {
      const result = await death(broken, change)
      expect(result).toMatchObject({ class: 'config_error', calls: 0 })
      expect(result.error).toContain(error)
    })
  }

  it('does not hurt jobs that pinned an older revision', async ({ expect }) => {
    const { seed, calls } = await stack()
    const job = only(await seed(1))
    await stack()
    await consume([messageOf(job)])
    expect(await calls()).toHaveLength(1)
    expect((await readJob(job.id)).state).toBe('succeeded')
  })
})
