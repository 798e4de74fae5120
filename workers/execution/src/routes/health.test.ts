import { createExecutionContext, createMessageBatch, getQueueResult, waitOnExecutionContext } from 'cloudflare:test'
import { env as testEnv } from 'cloudflare:workers'
import { livez, type Readyz, readyz } from '@orchestrator/shared/contracts/health'
import { describe, it } from 'vitest'
import { createExecution } from '../app.ts'
import { messageOf, only, readJob, stack } from '../testing/stack.ts'

async function get(path: string, changes: object = {}, method = 'GET'): Promise<Response> {
  const context = createExecutionContext()
  const request = new Request(`https://execution.example.com${path}`, { method })
  const response = await createExecution().fetch(request, { ...testEnv, ...changes }, context)
  await waitOnExecutionContext(context)
  return response
}

const broken = { prepare: () => ({ first: () => Promise.reject(new Error('injected')), bind: () => broken.prepare() }) }
const states = (body: Readyz) => body.dependencies.filter(({ status }) => status === 'down').map(({ name }) => name)

describe('health', () => {
  it('/livez answers without asking anything', async ({ expect }) => {
    const response = await get('/livez', { DATA_00: broken, CONTROL_DB: broken })
    expect(livez.parse(await response.json())).toMatchObject({ status: 'ok', worker: 'execution' })
  })

  it('/readyz names every dependency', async ({ expect }) => {
    const { snapshot } = await stack()
    const response = await get('/readyz')
    const body = readyz.parse(await response.json())
    expect([response.status, body.status, body.configRevision]).toEqual([200, 'ready', snapshot.revision])
    expect(body.dependencies.map(({ name, required }) => [name, required])).toEqual([
      ['config', true],
      ['DATA_00', true],
      ['DATA_01', false],
      ['CONTROL_DB', false],
      ['PAYLOADS', false],
      ['WEBHOOK_QUEUE', false],
      ['CIRCUIT_BREAKER', false],
      ['RATE_LIMITER', false],
    ])
  })

  it('/readyz is degraded without CONTROL_DB, since the snapshot is in R2, and unavailable without the shard it writes', async ({
    expect,
  }) => {
    await stack()
    const degraded = await get('/readyz', { CONTROL_DB: broken })
    const degradedBody = readyz.parse(await degraded.json())
    expect([degraded.status, degradedBody.status, states(degradedBody)]).toEqual([200, 'degraded', ['CONTROL_DB']])
    const down = await get('/readyz', { DATA_00: broken })
    const downBody = readyz.parse(await down.json())
    expect([down.status, downBody.status, states(downBody)]).toEqual([503, 'unavailable', ['DATA_00']])
  })
})

describe('everything else', () => {
  it('is not there', async ({ expect }) => {
    for (const path of ['/', '/executes', '/execute/1', '/job']) {
      const response = await get(path, {}, 'POST')
      expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    }
  })

  it('is refused with the name of what is missing when the environment is wrong', async ({ expect }) => {
    const response = await get('/livez', { SECRETS_KEY: undefined })
    expect([response.status, await response.json<{ detail: string }>()]).toMatchObject([
      500,
      { detail: 'Missing or wrong: SECRETS_KEY.' },
    ])
  })
})

describe('the Worker', () => {
  it('consumes a batch through its real queue handler', async ({ expect }) => {
    const { seed, calls } = await stack()
    const job = only(await seed(1))
    const batch = createMessageBatch('webhook', [{ id: 'm', timestamp: new Date(), attempts: 1, body: messageOf(job) }])
    const context = createExecutionContext()
    await createExecution().queue(batch, testEnv, context)
    expect((await getQueueResult(batch, context)).explicitAcks).toEqual(['m'])
    expect(await calls()).toHaveLength(1)
    expect((await readJob(job.id)).state).toBe('succeeded')
  })
})
