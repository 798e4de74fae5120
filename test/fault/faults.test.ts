import { join } from 'node:path'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import type { Readyz } from '@orchestrator/shared/contracts/health'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { callsFor, effects } from '../support/billing.ts'
import { eventually } from '../support/eventually.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { post, postSpread, type Sent } from '../support/webhooks.ts'
import type { FaultState } from './workers/faults.ts'

const here = new URL('.', import.meta.url).pathname
const COUNT = 300
const FAULT_MS = 10_000

describe('nothing accepted is lost', () => {
  let stack: Stack
  const ports = () => stack.port

  beforeAll(async () => {
    stack = await startStack({
      entrypoints: {
        'orchestrator-ingress': join(here, 'workers/ingress.ts'),
        'orchestrator-execution': join(here, 'workers/execution.ts'),
      },
    })
  })

  afterAll(() => stack?.stop())

  const inject = async (worker: 'ingress' | 'execution', faults: Partial<FaultState>) => {
    const response = await localFetch(`http://${worker}.localhost:${ports()}/__faults`, {
      method: 'PUT',
      body: JSON.stringify(faults),
      timeoutMs: 10_000,
    })
    if (!response.ok) throw new Error(`the fault could not be set: ${response.status}`)
  }

  /** Posts 300 events while the fault lasts, and 20 after it. */
  const during = async (run: string, begin: () => Promise<void>, end: () => Promise<void>): Promise<Sent[]> => {
    await begin()
    const posting = postSpread(ports(), COUNT, FAULT_MS, run)
    await new Promise((resolve) => setTimeout(resolve, FAULT_MS))
    await end()
    const sent = await posting
    return [...sent, ...(await postSpread(ports(), 20, 1_000, run, COUNT))]
  }

  const jobStates = async (run: string) => {
    const db = await stack.runtime.mf.getD1Database('DATA_00', 'orchestrator-execution')
    const { results } = await db
      .prepare(
        'SELECT j.state AS state, count(*) AS jobs FROM inbox i JOIN jobs j ON j.inbox_id = i.id WHERE i.event_id LIKE ? GROUP BY 1',
      )
      .bind(`evt_${run}_%`)
      .all<{ state: string; jobs: number }>()
    return Object.fromEntries(results.map(({ state, jobs }) => [state, jobs]))
  }

  const allSucceed = async (run: string, sent: readonly Sent[]) => {
    await eventually('every job succeeding', 120_000, async () => {
      const states = await jobStates(run)
      return states.succeeded === sent.length || JSON.stringify(states)
    })
    return effects(ports(), sent)
  }

  for (const mode of ['throw', 'hang'] as const) {
    it(`while D1 ${mode === 'throw' ? 'fails' : 'hangs'} for 10 s: ingress answers 200 throughout`, async ({ expect }) => {
      const run = `data_${mode}`
      const set = async (data: FaultState['data']) => {
        await inject('ingress', { data })
        await inject('execution', { data })
      }
      const sent = await during(
        run,
        () => set(mode),
        () => set('ok'),
      )
      expect(sent.filter(({ status }) => status !== 200)).toEqual([])
      expect(await allSucceed(run, sent)).toEqual({ missing: [], doubled: [], repeated: 0 })
      const bucket = await stack.runtime.mf.getR2Bucket('PAYLOADS', 'orchestrator-execution')
      await eventually('the fallback objects being gone', 30_000, async () => {
        const { objects } = await bucket.list({ prefix: 'fallback/' })
        return objects.length === 0 || `${objects.length} are left`
      })
    })
  }

  it('while D1 and R2 fail for 10 s: the webhook travels in the message', async ({ expect }) => {
    const run = 'data_r2'
    const set = async (state: 'throw' | 'ok') => {
      await inject('ingress', { data: state, r2: state })
      await inject('execution', { data: state })
    }
    const sent = await during(
      run,
      () => set('throw'),
      () => set('ok'),
    )
    expect(sent.filter(({ status }) => status !== 200)).toEqual([])
    expect(await allSucceed(run, sent)).toEqual({ missing: [], doubled: [], repeated: 0 })
  })

  it('while the queue’s send fails for 10 s: the sweep sends what DATA holds', async ({ expect }) => {
    const run = 'queue'
    const set = async (queueSend: 'throw' | 'ok') => {
      await inject('ingress', { queueSend })
      await inject('execution', { queueSend })
    }
    const sent = await during(
      run,
      () => set('throw'),
      () => set('ok'),
    )
    expect(sent.filter(({ status }) => status !== 200)).toEqual([])
    expect(await allSucceed(run, sent)).toEqual({ missing: [], doubled: [], repeated: 0 })
  })

  it('while CONTROL_DB fails for 10 s: both go on with the configuration they have, and say which', async ({ expect }) => {
    const run = 'control'
    const inUse = async (worker: string) => {
      const response = await localFetch(`http://${worker}.localhost:${ports()}/readyz`, { timeoutMs: 10_000 })
      const { configRevision, status } = (await response.json()) as Readyz
      return { code: response.status, status, configRevision }
    }
    const before = await inUse('ingress')
    const set = async (control: 'throw' | 'ok') => {
      await inject('ingress', { control })
      await inject('execution', { control })
    }
    const sent = await during(
      run,
      () => set('throw'),
      async () => {
        const still = { code: 200, status: 'degraded', configRevision: before.configRevision }
        expect([await inUse('ingress'), await inUse('execution')]).toEqual([still, still])
        await set('ok')
      },
    )
    expect(sent.filter(({ status }) => status !== 200)).toEqual([])
    expect(await allSucceed(run, sent)).toEqual({ missing: [], doubled: [], repeated: 0 })
  })

  it('while every handler of execution throws for 10 s: work resumes by itself', async ({ expect }) => {
    const run = 'handlers'
    const sent = await during(
      run,
      () => inject('execution', { handlers: 'throw' }),
      () => inject('execution', { handlers: 'ok' }),
    )
    expect(sent.filter(({ status }) => status !== 200)).toEqual([])
    expect(await allSucceed(run, sent)).toEqual({ missing: [], doubled: [], repeated: 0 })
  })

  it('when nothing durable is left: 503 with Retry-After, and nothing is acknowledged', async ({ expect }) => {
    const run = 'nothing'
    await inject('ingress', { data: 'throw', r2: 'throw', queueSend: 'throw' })
    const refused = await post(ports(), `evt_${run}_0`, `sub_${run}_0`)
    await inject('ingress', { data: 'ok', r2: 'ok', queueSend: 'ok' })
    expect(refused.status).toBe(503)
    const again = await post(ports(), `evt_${run}_0`, `sub_${run}_0`)
    expect([again.status, again.outcome]).toEqual([200, 'accepted'])
    expect(await allSucceed(run, [again])).toEqual({ missing: [], doubled: [], repeated: 0 })
    expect(await callsFor(ports(), again.subscription)).toHaveLength(1)
  })
})
