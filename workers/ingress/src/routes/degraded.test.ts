import { env as testEnv } from 'cloudflare:workers'
import { dataDb } from '@orchestrator/shared/db/data-db'
import {
  fallbackKey,
  restoreFallbackObject,
  restoreFallbackText,
  type RestoreDeps,
} from '@orchestrator/shared/inbox/restore-accepted'
import { readBody } from '@orchestrator/shared/payloads/body'
import { beforeAll, describe, it } from 'vitest'
import type { Env } from '../env.ts'
import { failing, hanging, late, watched } from '../testing/faults.ts'
import { env, fetchWith, inboxRow, jobRows, seedConfig, signed, subscriptionEvent } from '../testing/stack.ts'

beforeAll(() => seedConfig())

const restoreDeps: RestoreDeps = {
  dbOf: (id) => dataDb(testEnv as unknown as Env, id),
  bucket: env.PAYLOADS,
  sendJobs: () => Promise.resolve(),
  now: Date.now,
}

async function send(faults: Partial<Env>, body = subscriptionEvent()) {
  const startedAt = Date.now()
  const response = await fetchWith({ ...env, ...faults }, await signed(body))
  const answer = await response.json<{ id: string; status: string }>()
  return { ...answer, code: response.status, headers: response.headers, tookMs: Date.now() - startedAt }
}

describe('while DATA fails', () => {
  it('the webhook goes to R2 with a pointer message, and is stored once DATA is back under the same id', async ({ expect }) => {
    const calls: unknown[][] = []
    const faults = { DATA_00: failing(env.DATA_00, 'batch'), WEBHOOK_QUEUE: watched(env.WEBHOOK_QUEUE, calls, 'send') }
    const { id, code, status } = await send(faults)
    expect([code, status]).toEqual([200, 'accepted'])
    expect(await inboxRow(id)).toBeNull()
    expect(calls).toEqual([[{ kind: 'fallback-pointer', inboxId: id, key: fallbackKey(id) }]])

    expect(await restoreFallbackObject(restoreDeps, fallbackKey(id))).toEqual({ outcome: 'restored', id, jobs: 1 })
    expect(await inboxRow(id)).toMatchObject({ id, status: 'accepted' })
    expect(await jobRows(id)).toHaveLength(1)
  })

  it('hangs: 200 soon after its deadline', async ({ expect }) => {
    const { id, code, tookMs } = await send({ DATA_00: hanging(env.DATA_00, 'batch') })
    expect(code).toBe(200)
    expect(tookMs).toBeLessThan(2_500)
    expect(await env.PAYLOADS.head(fallbackKey(id))).not.toBeNull()
  })

  it('is slow and commits after all: restoring doubles nothing', async ({ expect }) => {
    const { id } = await send({ DATA_00: late(env.DATA_00, 1_800, 'batch') })
    expect(await env.PAYLOADS.head(fallbackKey(id))).not.toBeNull()
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await jobRows(id)).toHaveLength(1)
    expect(await restoreFallbackObject(restoreDeps, fallbackKey(id))).toMatchObject({ outcome: 'restored', id })
    expect(await jobRows(id)).toHaveLength(1)
    const events = await env.DATA_00.prepare('SELECT count(*) AS n FROM events WHERE inbox_id = ?').bind(id).first<number>('n')
    expect(events).toBe(1)
  })

  it('and the pointer cannot be sent either: the object alone is durable', async ({ expect }) => {
    const { id, code } = await send({ DATA_00: failing(env.DATA_00, 'batch'), WEBHOOK_QUEUE: failing(env.WEBHOOK_QUEUE, 'send') })
    expect(code).toBe(200)
    expect(await env.PAYLOADS.head(fallbackKey(id))).not.toBeNull()
  })

  it('and R2 too: the message is the webhook', async ({ expect }) => {
    const calls: unknown[][] = []
    const { id, code } = await send({
      DATA_00: failing(env.DATA_00, 'batch'),
      PAYLOADS: failing(env.PAYLOADS, 'put'),
      WEBHOOK_QUEUE: watched(env.WEBHOOK_QUEUE, calls, 'send'),
    })
    expect(code).toBe(200)
    const [message, options] = calls[0] as [{ kind: string; inboxId: string; record: string }, unknown]
    expect(message).toMatchObject({ kind: 'fallback-webhook', inboxId: id })
    expect(options).toEqual({ contentType: 'v8' })
    expect(await restoreFallbackText(restoreDeps, message.record)).toEqual({ outcome: 'restored', id, jobs: 1 })
    expect(await jobRows(id)).toHaveLength(1)
  })

  it('a redelivery in the meantime is counted once', async ({ expect }) => {
    const body = subscriptionEvent()
    const lost = await send({ DATA_00: failing(env.DATA_00, 'batch') }, body)
    const again = await send({}, body)
    expect([again.status, again.id === lost.id]).toEqual(['accepted', false])
    expect(await restoreFallbackObject(restoreDeps, fallbackKey(lost.id))).toEqual({ outcome: 'duplicate', id: again.id })
    expect(await jobRows(lost.id)).toEqual([])
    expect(await env.PAYLOADS.head(fallbackKey(lost.id))).toBeNull()
  })
})

describe('while the queues fail', () => {
  for (const [name, fault] of [
    ['send fails', failing],
    ['send hangs', hanging],
  ] as const) {
    it(`${name}: DATA holds the job with a time for the sweep, 200`, async ({ expect }) => {
      const { id, code, status } = await send({ WEBHOOK_QUEUE: fault(env.WEBHOOK_QUEUE, 'send', 'sendBatch') })
      expect([code, status]).toEqual([200, 'accepted'])
      const [job] = await jobRows(id)
      expect(job?.state).toBe('queued')
      expect(job?.wakeAt).toBe((job?.createdAt ?? 0) + 15_000)
    })
  }
})

describe('while R2 fails', () => {
  it('a body above 64 KB stands in the row as long as a row can hold it', async ({ expect }) => {
    const body = subscriptionEvent({ filler: 300_000 })
    const { id, code } = await send({ PAYLOADS: failing(env.PAYLOADS, 'put') }, body)
    expect(code).toBe(200)
    const row = await inboxRow(id)
    expect(row?.bodyEncoding).toBe('utf8')
    expect(await readBody(row ?? { bodyEncoding: 'r2', body: 'lost' }, env.PAYLOADS)).toEqual(body)
  })

  it('a body that no row can hold is refused, not lost', async ({ expect }) => {
    const body = subscriptionEvent({ filler: 1_100_000 })
    const { code, headers } = await send({ PAYLOADS: failing(env.PAYLOADS, 'put') }, body)
    expect([code, headers.get('retry-after')]).toEqual([503, '10'])
  })
})

describe('while nothing durable is left', () => {
  it('503 with Retry-After when all fail', async ({ expect }) => {
    const { code, headers } = await send({
      DATA_00: failing(env.DATA_00, 'batch'),
      PAYLOADS: failing(env.PAYLOADS, 'put'),
      WEBHOOK_QUEUE: failing(env.WEBHOOK_QUEUE, 'send', 'sendBatch'),
    })
    expect([code, headers.get('retry-after')]).toEqual([503, '10'])
  })

  it('503 when all hang, within the sum of the deadlines', { timeout: 15_000 }, async ({ expect }) => {
    const { code, tookMs } = await send({
      DATA_00: hanging(env.DATA_00, 'batch'),
      PAYLOADS: hanging(env.PAYLOADS, 'put'),
      WEBHOOK_QUEUE: hanging(env.WEBHOOK_QUEUE, 'send', 'sendBatch'),
    })
    expect(code).toBe(503)
    expect(tookMs).toBeLessThan(6_000)
  })

  it('503 when only the queue is left and the webhook is too large for a message', async ({ expect }) => {
    const faults = { DATA_00: failing(env.DATA_00, 'batch'), PAYLOADS: failing(env.PAYLOADS, 'put') }
    expect((await send(faults, subscriptionEvent({ filler: 99_000 }))).code).toBe(503)
    expect((await send(faults, subscriptionEvent({ filler: 80_000 }))).code).toBe(200)
  })
})

describe('while the configuration fails', () => {
  it('CONTROL_DB alone: a cold isolate reads R2 and accepts', async ({ expect }) => {
    const { code, status } = await send({ CONTROL_DB: failing(env.CONTROL_DB, 'prepare') })
    expect([code, status]).toEqual([200, 'accepted'])
  })

  it('all of it: 503, never 404', async ({ expect }) => {
    const { code, headers } = await send({
      CONTROL_DB: failing(env.CONTROL_DB, 'prepare'),
      PAYLOADS: failing(env.PAYLOADS, 'get'),
    })
    expect([code, headers.has('retry-after')]).toEqual([503, true])
  })
})
