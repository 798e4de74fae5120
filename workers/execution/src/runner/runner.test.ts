import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { describe, it, vi } from 'vitest'
import { createIsolate } from '../deps.ts'
import { dispatchBatch } from '../queue/dispatch.ts'
import { createQueueDeps, invocationOf } from '../queue-deps.ts'
import { env, messageOf, readJob, stack } from '../testing/stack.ts'

describe('a batch with a connector that hangs', () => {
  it('makes the calls of the other one at once, is done after two seconds, and loses nothing', async ({ expect }) => {
    const hanging = await stack()
    const healthy = await stack()
    await hanging.answers({ status: 200, mode: 'late', delayMs: 2_600 })
    const slow = await hanging.seed(12)
    const fast = await healthy.seed(12)
    const acked: string[] = []
    const messages = [...slow, ...fast].map((job) => ({
      id: job.id,
      timestamp: new Date(),
      body: messageOf(job),
      ack: () => void acked.push(job.id),
      retry: () => undefined,
    }))
    const context = createExecutionContext()
    const telemetry = { logger: createLogger({}, () => undefined), reporter: { report: () => undefined } }
    const deps = createQueueDeps(env, createIsolate(), telemetry, invocationOf(context))
    const startedAt = performance.now()
    const batch = dispatchBatch(deps, { queue: 'webhook', messages })
    await vi.waitFor(async () => expect(await healthy.calls()).toHaveLength(12), { interval: 20, timeout: 2_000 })
    const calledMs = performance.now() - startedAt
    await batch
    const batchMs = performance.now() - startedAt
    const states = async (jobs: typeof slow) =>
      new Set((await Promise.all(jobs.map(({ id }) => readJob(id)))).map(({ state }) => state))
    expect([await states(fast), await states(slow), acked.length]).toEqual([new Set(['succeeded']), new Set(['running']), 24])
    expect(calledMs).toBeLessThan(1_500)
    expect(batchMs).toBeGreaterThan(1_900)
    expect(batchMs).toBeLessThan(2_550)
    await waitOnExecutionContext(context)
    await vi.waitFor(async () => expect(await states(slow)).toEqual(new Set(['succeeded'])), { timeout: 2_000 })
    expect(await hanging.calls()).toHaveLength(12)
  })
})
