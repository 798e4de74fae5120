import { join } from 'node:path'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { CLIENT_KEY } from '@orchestrator/dev/values'
import type { AuditEntry, Overview } from '@orchestrator/shared/contracts/control-api'
import type { BreakerList } from '@orchestrator/shared/contracts/gates-api'
import type { Readyz } from '@orchestrator/shared/contracts/health'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { billingBehaves, callsFor, effects } from '../support/billing.ts'
import { jobReaches } from '../support/control.ts'
import { eventually } from '../support/eventually.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { post, type Sent } from '../support/webhooks.ts'
import { LONGEST_MS, ROWS, Scene, type Timed, type Times, timesTable } from './blast-radius.ts'

const here = new URL('.', import.meta.url).pathname
/** More of them tell more about the time: `pnpm bench:blast`. */
const SAMPLES = Number(process.env['BLAST_SAMPLES'] ?? 2)
/** A change of the configuration is in force everywhere after this, ms. */
const IN_FORCE_MS = 5_000
const BREAKER = '/v1/connectors/billing/breaker'

let stack: Stack
let scene: Scene

beforeAll(async () => {
  stack = await startStack({
    entrypoints: {
      'orchestrator-ingress': join(here, 'workers/ingress.ts'),
      'orchestrator-execution': join(here, 'workers/execution.ts'),
      'orchestrator-control': join(here, 'workers/control.ts'),
    },
  })
  scene = new Scene(stack.port)
})

afterAll(() => stack?.stop())

const execute = async (): Promise<{ status: number; code: string | undefined }> => {
  const response = await localFetch(`http://execution.localhost:${stack.port}/execute`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connector: 'billing', operation: 'echo', input: {}, timeoutMs: 1_000 }),
  })
  const text = await response.text()
  const code = text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : undefined
  return { status: response.status, code }
}

describe('the blast radius of control', () => {
  const times: Times[] = []

  // Not by the console, of which nothing is shown where all tests pass.
  afterAll(() => void process.stdout.write(`${timesTable(times)}\n`))

  for (const { name, faults, down, parts = [], breakers = [] } of ROWS) {
    it(`while ${name}: configuration, audit log, breakers and policies are served, changed and audited in time`, async ({
      expect,
    }) => {
      const time: Times = { name, reads: [], changes: [], overview: 0 }
      times.push(time)
      const inTime = (answer: Timed, what: string) => {
        expect([what, answer.status, answer.ms < LONGEST_MS], `${answer.ms} ms: ${JSON.stringify(answer.body)}`).toEqual([
          what,
          200,
          true,
        ])
        return answer.body
      }
      const read = async <T>(path: string) => {
        const answer = await scene.ask('admin', `GET ${path}`)
        time.reads.push(answer.ms)
        return inTime(answer, path) as T
      }
      const change = async (method: string, json: object) => {
        const answer = await scene.ask('operator', `${method} ${BREAKER}`, json)
        time.changes.push(answer.ms)
        return inTime(answer, method) as { breaker: string | null; auditSeq: number; configRevision: number }
      }
      await scene.inject(faults)
      try {
        for (let n = 0; n < SAMPLES; n++) {
          const reason = `${name} (${n})`
          const changed = await change('PUT', { state: 'closed', reason })
          expect(changed.breaker).toBe('closed')
          const { revision, document } = await read<{ revision: number; document: { policies: unknown[] } }>('/v1/config')
          expect([revision, document.policies.length]).toEqual([changed.configRevision, 1])
          const { items: log } = await read<{ items: AuditEntry[] }>('/v1/audit?limit=1')
          expect(log).toMatchObject([{ seq: changed.auditSeq, action: 'breaker.forced', reason }])
          const stands = await read<BreakerList>('/v1/breakers')
          expect(stands).toMatchObject({ items: [{ connector: 'billing', forced: 'closed' }], unavailable: breakers })
          expect(stands.items[0]?.live === null).toBe(breakers.includes('execution'))
          expect(await read('/v1/policies')).toMatchObject({ items: [{ id: 'billing' }] })
          expect(await change('DELETE', { reason })).toMatchObject({ breaker: null })
        }
        const seen = await scene.ask('viewer', 'GET /v1/overview')
        time.overview = seen.ms
        const overview = inTime(seen, 'overview') as unknown as Overview
        expect(overview.components.flatMap((one) => (one.status === 'down' ? one.name : []))).toEqual(down)
        expect(overview.unavailable).toEqual(parts)
        const ready = inTime(await scene.ask('viewer', 'GET /readyz'), 'readyz') as unknown as Readyz
        expect(ready.status).toBe(down.length > 0 ? 'degraded' : 'ready')
        expect(ready.dependencies.flatMap((one) => (one.status === 'down' ? one.name : []))).toEqual(down)
      } finally {
        await scene.heal()
      }
    })
  }

  for (const mode of ['throw', 'hang'] as const) {
    it(`while CONTROL_DB ${mode}s: control says so in time, ingress and execution go on`, async ({ expect }) => {
      await scene.inject({ control: { control: mode }, ingress: { control: mode }, execution: { control: mode } })
      try {
        const calls = ['GET /v1/config', 'GET /v1/audit', 'GET /v1/breakers', 'GET /v1/policies']
        const answers = [
          ...(await Promise.all(calls.map((call) => scene.ask('admin', call)))),
          await scene.ask('operator', `PUT ${BREAKER}`, { state: 'open', reason: 'they are down' }),
        ]
        for (const { status, ms, headers, body } of answers) {
          expect([status, body['code'], Number(headers.get('retry-after')) > 0, ms < LONGEST_MS], `${ms} ms`).toEqual([
            503,
            'unavailable',
            true,
            true,
          ])
        }
        // While it still knows who asks, it shows what it can.
        const overview = await scene.ask('admin', 'GET /v1/overview')
        expect([overview.status === 200 || overview.status === 503, overview.ms < LONGEST_MS]).toEqual([true, true])
        if (overview.status === 200) {
          const { components } = overview.body as unknown as Overview
          expect(components).toContainEqual(expect.objectContaining({ name: 'CONTROL_DB', status: 'down' }))
        }
        expect((await scene.ask('viewer', 'GET /livez')).status).toBe(200)
        const ready = await scene.ask('viewer', 'GET /readyz')
        expect([ready.status, ready.ms < LONGEST_MS]).toEqual([503, true])
        const { dependencies } = ready.body as unknown as Readyz
        expect(dependencies.flatMap((one) => (one.status === 'down' ? one.name : []))).toEqual(['CONTROL_DB'])
        expect((await execute()).status).toBe(200)
        const sent = await post(stack.port, `evt_control_${mode}`, `sub_control_${mode}`)
        expect(sent.status).toBe(200)
        await eventually(
          'its effect',
          30_000,
          async () => (await callsFor(stack.port, sent.subscription)).length > 0 || 'no call',
        )
      } finally {
        await scene.heal()
      }
    })
  }
})

describe('what operators decide while execution is down', () => {
  /** Execution throws in every handler while they work; answers how long it has been back. */
  const outage = async (work: () => Promise<unknown>): Promise<void> => {
    await scene.inject({ execution: { handlers: 'throw' } })
    try {
      await work()
    } finally {
      await scene.inject({ execution: { handlers: 'ok' } })
    }
  }

  const decide = async (call: string, json: object = {}) => {
    const answer = await scene.ask('admin', call, { reason: 'execution is down', ...json })
    if (answer.status !== 200) throw new Error(`${call}: ${JSON.stringify(answer.body)}`)
  }

  /** At once or a little later, but then for sure; the first call after a while may have the one permit that there is. */
  const inForce = async (what: string, expected: string | number) => {
    const isSo = async () => {
      const { status, code } = await execute()
      return [status, code].includes(expected) || `it answers ${status} ${code}`
    }
    const mustBeAt = Date.now() + IN_FORCE_MS
    while (Date.now() < mustBeAt) {
      if ((await isSo()) === true) return
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    await execute()
    const found = await isSo()
    if (found !== true) throw new Error(`${what} is not in force ${IN_FORCE_MS} ms after execution came back: ${found}`)
  }

  it('is in force within 5 s of its return: forced breakers, limits, pauses; what was held goes on', async ({ expect }) => {
    const sent: Sent[] = []
    const send = async () => {
      const one = await post(stack.port, `evt_down_${sent.length}`, `sub_down_${sent.length}`)
      expect([one.status, one.outcome]).toEqual([200, 'accepted'])
      sent.push(one)
      return one
    }
    const isHeld = async ({ id, subscription }: Sent) => {
      await jobReaches(stack.port, id ?? '', 'held', 60_000)
      expect(await callsFor(stack.port, subscription)).toEqual([])
    }
    expect((await execute()).status).toBe(200)

    await outage(async () => {
      expect((await execute()).status).toBeGreaterThanOrEqual(500)
      await send()
      await decide(`PUT ${BREAKER}`, { state: 'open' })
    })
    await inForce('the breaker being forced open', 'circuit_open')

    const rateLimit = { limit: 1, perMs: 60_000, burst: 0 }
    await outage(async () => {
      await decide(`PUT ${BREAKER}`, { state: 'closed' })
      await decide('PATCH /v1/policies/billing', { rateLimit })
    })
    await inForce('the lower limit', 'rate_limited')

    await outage(async () => {
      await decide(`DELETE ${BREAKER}`)
      await decide('PATCH /v1/policies/billing', { rateLimit: null })
      await decide('POST /v1/connectors/billing/pause')
    })
    await inForce('the pause of the connector', 'connector_paused')
    await isHeld(await send())

    await outage(async () => {
      await decide('POST /v1/queues/webhook/pause')
      await decide('POST /v1/connectors/billing/resume')
    })
    await inForce('the end of the pause', 200)
    await isHeld(await send())

    await outage(() => decide('POST /v1/queues/webhook/resume'))
    for (const { id } of sent) await jobReaches(stack.port, id ?? '', 'succeeded', 90_000)
    expect(await effects(stack.port, sent)).toEqual({ missing: [], doubled: [], repeated: 0 })
  })

  it('is in force within 5 s of its return: a breaker that opened by itself is reset', async ({ expect }) => {
    const standing = async () => ((await scene.ask('viewer', 'GET /v1/breakers')).body as unknown as BreakerList).items[0]
    await decide('PATCH /v1/policies/billing', { circuitBreaker: { openMs: 600_000, minCalls: 3 }, rateLimit: null })
    await billingBehaves(stack.port, { mode: 'status', status: 500 })
    await eventually('the breaker opening', 30_000, async () => {
      const { code } = await execute()
      return code === 'circuit_open' || `it answers ${code}`
    })
    expect(await standing()).toMatchObject({ forced: null, resetAt: null, live: { state: 'open' } })
    await billingBehaves(stack.port, { mode: 'ok' })
    expect((await execute()).code).toBe('circuit_open')

    await outage(async () => {
      await decide(`POST ${BREAKER}/reset`)
      expect(await standing()).toMatchObject({ resetAt: expect.any(String) as string, live: null })
    })
    await inForce('the reset', 200)
    expect(await standing()).toMatchObject({ live: { state: 'closed', failingSince: null } })
    await eventually('the log telling it', 15_000, async () => {
      const { lastEvent } = (await standing()) ?? {}
      return lastEvent?.type === 'breaker.closed' || JSON.stringify(lastEvent)
    })
  })
})
