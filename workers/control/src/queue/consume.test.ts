import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, it, vi } from 'vitest'
import { deadJobRow, deadLetterRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import worker from '../index.ts'
import { bindings, bindPeople, publishTestConfig, withBrokenTable } from '../testing/harness.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
let messages = 0

/** Hands a batch to the consumer; the first message has the id `m<n>` that comes back, and so on. */
async function deliver(queue: string, bodies: unknown[], options: { ids?: string[]; attempts?: number; env?: unknown } = {}) {
  const ids = options.ids ?? bodies.map(() => `m${messages++}`)
  const batch = createMessageBatch(
    queue,
    bodies.map((body, i) => ({ id: ids[i] ?? '', timestamp: 1_700_000_000_000, attempts: options.attempts ?? 1, body })),
  )
  const retries = batch.messages.map((message) => vi.spyOn(message, 'retry'))
  const ctx = createExecutionContext()
  await worker.queue(batch, options.env ?? env, ctx)
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx)
  // The result of the test runtime leaves the delays out.
  const delays = retries.map((retry) => retry.mock.calls[0]?.[0]?.delaySeconds)
  return {
    ids,
    acked: explicitAcks,
    retried: retryMessages.map(({ msgId }) => ({ msgId, delaySeconds: delays[ids.indexOf(msgId)] })),
  }
}
const notice = (jobId: string, generation = 1) => ({ kind: 'dead-letter', jobId, generation, trace: TRACE })
const native = (jobId: string, generation = 1) => ({ kind: 'job', jobId, generation, trace: TRACE })
const letters = async (db: D1Database, where: string, ...values: unknown[]) =>
  (
    await db
      .prepare(`SELECT * FROM dead_letters WHERE ${where}`)
      .bind(...values)
      .all()
  ).results

describe('the dead-letter queues', () => {
  it('take a notice of a death whose row is there, and write it where it is missing', async ({ expect }) => {
    const known = deadJobRow({ id: testId('job', 0) })
    const missing = deadJobRow({ id: testId('job', 1), queue: 'low' })
    await insertRows(bindings.DATA_00, 'jobs', known)
    await insertRows(bindings.DATA_00, 'dead_letters', deadLetterRow(known))
    await insertRows(bindings.DATA_01, 'jobs', missing)
    const { ids, acked } = await deliver('low-dlq', [notice(known.id), notice(missing.id)])
    expect(acked).toEqual(ids)
    expect(await letters(bindings.DATA_00, 'job_id = ?', known.id)).toHaveLength(1)
    expect(await letters(bindings.DATA_01, 'job_id = ?', missing.id)).toMatchObject([
      { queue: 'low', status: 'open', generation: 1 },
    ])
  })

  it('never kill a live job whose message came natively, until the fifth time', async ({ expect }) => {
    const job = jobRow({ id: testId('job', 1), wakeAt: 9_000_000_000_000 })
    await insertRows(bindings.DATA_01, 'jobs', job)
    const read = () => bindings.DATA_01.prepare('SELECT * FROM jobs WHERE id = ?').bind(job.id).first()
    await deliver('webhook-dlq', [native(job.id)])
    const woken = await read()
    expect(woken).toMatchObject({ state: 'queued', native_deaths: 1 })
    expect(Number(woken?.['wake_at'])).toBeLessThanOrEqual(Date.now())
    const { acked } = await deliver('webhook-dlq', [native(job.id), native(job.id), native(job.id), native(job.id)])
    expect(acked).toHaveLength(4)
    expect(await read()).toMatchObject({ state: 'dead', native_deaths: 5, wake_at: null })
    expect(await letters(bindings.DATA_01, 'job_id = ?', job.id)).toMatchObject([{ class: 'platform' }])
  })

  it('keep a message that no job stands behind, once however often it comes', async ({ expect }) => {
    const id = testId('job', 0)
    const unknownShard = id.replace('job_00', 'job_77')
    const bodies = [native(id), notice(unknownShard), 'nonsense', { kind: 'job', jobId: 'x', generation: 1 }, null, 5n]
    const first = await deliver('critical-dlq', bodies)
    expect(first.acked).toEqual(first.ids)
    expect(await letters(bindings.DATA_00, 'job_id = ?', id)).toMatchObject([
      { class: 'poison', status: 'open', message: JSON.stringify(native(id)), queue: 'critical' },
    ])
    const kept = await letters(bindings.DATA_01, "job_id LIKE 'msg_01%'")
    expect(new Set(kept.map((one) => one['message']))).toEqual(
      new Set(['"nonsense"', '"5"', 'null', JSON.stringify(bodies[3]), JSON.stringify(notice(unknownShard))]),
    )
    await deliver('critical-dlq', bodies, { ids: first.ids })
    expect(await letters(bindings.DATA_01, "job_id LIKE 'msg_01%'")).toHaveLength(5)
  })

  it('know a dead letter without a job that execution has kept', async ({ expect }) => {
    const kept = testId('job', 1).replace('job_', 'msg_')
    await insertRows(bindings.DATA_01, 'dead_letters', { ...deadLetterRow(deadJobRow({ id: kept })), message: '"hello"' })
    const before = await letters(bindings.DATA_01, '1 = 1')
    const { ids, acked } = await deliver('low-dlq', [notice(kept)])
    expect(acked).toEqual(ids)
    expect(await letters(bindings.DATA_01, '1 = 1')).toHaveLength(before.length)
  })

  it('put a webhook that waits in a message back to its queue', async ({ expect }) => {
    const sent: unknown[] = []
    const queue = { send: async (body: unknown, options: unknown) => void sent.push([body, options]) }
    const pointer = { kind: 'fallback-pointer', inboxId: 'whk_1', key: 'fallback/whk_1' }
    const whole = { kind: 'fallback-webhook', inboxId: 'whk_2', record: '{}' }
    const { ids, acked } = await deliver('webhook-dlq', [pointer, whole], { env: { ...env, WEBHOOK_QUEUE: queue } })
    expect(acked).toEqual(ids)
    expect(sent).toEqual([
      [pointer, { contentType: 'v8', delaySeconds: 60 }],
      [whole, { contentType: 'v8', delaySeconds: 60 }],
    ])
    const broken = { send: () => Promise.reject(new Error('queues are down')) }
    const later = await deliver('webhook-dlq', [pointer], { env: { ...env, WEBHOOK_QUEUE: broken } })
    expect(later.acked).toEqual([])
    expect(later.retried).toEqual([{ msgId: later.ids[0], delaySeconds: 60 }])
  })

  it('ask for a message again, later and later, while its database is down, and do the others', async ({ expect }) => {
    const here = deadJobRow({ id: testId('job', 0) })
    const there = deadJobRow({ id: testId('job', 1) })
    await insertRows(bindings.DATA_00, 'jobs', here)
    await insertRows(bindings.DATA_01, 'jobs', there)
    await withBrokenTable(bindings.DATA_01, 'dead_letters', async () => {
      const first = await deliver('default-dlq', [notice(there.id), notice(here.id)])
      expect(first.acked).toEqual([first.ids[1]])
      expect(first.retried).toEqual([{ msgId: first.ids[0], delaySeconds: 60 }])
      const third = await deliver('default-dlq', [notice(there.id)], { attempts: 3 })
      expect(third.retried).toMatchObject([{ delaySeconds: 240 }])
      const last = await deliver('default-dlq', [notice(there.id)], { attempts: 99 })
      expect(last.retried).toMatchObject([{ delaySeconds: 14_400 }])
    })
    expect((await deliver('default-dlq', [notice(there.id)])).acked).toHaveLength(1)
  })
})
