import { livez, readyz, type Readyz } from '@orchestrator/shared/contracts/health'
import { beforeAll, describe, it } from 'vitest'
import type { Env } from '../env.ts'
import { failing, hanging } from '../testing/faults.ts'
import { env, fetchWith, seedConfig } from '../testing/stack.ts'

beforeAll(() => seedConfig())

async function ready(faults: Partial<Env>): Promise<{ code: number; body: Readyz; down: string[] }> {
  const response = await fetchWith({ ...env, ...faults }, new Request('https://ingress.example.com/readyz'))
  const body = readyz.parse(await response.json())
  const down = body.dependencies.filter(({ status }) => status === 'down').map(({ name }) => name)
  return { code: response.status, body, down }
}

const faults = {
  CONTROL_DB: failing(env.CONTROL_DB, 'prepare'),
  DATA_00: hanging(env.DATA_00, 'prepare'),
  PAYLOADS: failing(env.PAYLOADS, 'head', 'put'),
  WEBHOOK_QUEUE: failing(env.WEBHOOK_QUEUE, 'metrics'),
}

describe('health', () => {
  it('/livez answers whatever else is wrong', async ({ expect }) => {
    const response = await fetchWith({ ...env, ...faults }, new Request('https://ingress.example.com/livez'))
    expect(livez.parse(await response.json())).toMatchObject({ status: 'ok', worker: 'ingress' })
  })

  it('/readyz names each dependency and the revision in use', async ({ expect }) => {
    const { code, body } = await ready({})
    expect([code, body.status, body.configRevision]).toEqual([200, 'ready', 1])
    expect(body.dependencies.map(({ name, required }) => [name, required])).toEqual([
      ['config', true],
      ['CONTROL_DB', false],
      ['DATA_00', false],
      ['PAYLOADS', false],
      ['WEBHOOK_QUEUE', false],
    ])
  })

  it('/readyz is degraded while one durable place is left', async ({ expect }) => {
    const { CONTROL_DB: _, WEBHOOK_QUEUE: __, ...places } = faults
    const { code, body, down } = await ready({ ...places, CONTROL_DB: faults.CONTROL_DB })
    expect([code, body.status, down]).toEqual([200, 'degraded', ['CONTROL_DB', 'DATA_00', 'PAYLOADS']])
  })

  it('/readyz is unavailable when no durable place is left, although CONTROL_DB is up', async ({ expect }) => {
    const { CONTROL_DB: _, ...places } = faults
    const { code, body, down } = await ready(places)
    expect([code, body.status, down]).toEqual([503, 'unavailable', ['DATA_00', 'PAYLOADS', 'WEBHOOK_QUEUE']])
  })

  it('/readyz is unavailable without a configuration', async ({ expect }) => {
    const { code, body, down } = await ready({ CONTROL_DB: faults.CONTROL_DB, PAYLOADS: failing(env.PAYLOADS, 'get') })
    expect([code, body.status, body.configRevision]).toEqual([503, 'unavailable', null])
    expect(down).toContain('config')
  })
})
