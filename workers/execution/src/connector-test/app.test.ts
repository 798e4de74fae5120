import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import type { ExecuteResponse } from '@orchestrator/shared/contracts/execution-api'
import { describe, it } from 'vitest'
import { createIsolate } from '../deps.ts'
import { type ExecuteProblem, executeStack, type ExecuteStackOptions } from '../testing/execute.ts'
import { env, only } from '../testing/stack.ts'
import { createConnectorTest } from './app.ts'

async function tester(options: ExecuteStackOptions = {}) {
  const one = await executeStack(options)
  const app = createConnectorTest(createIsolate())
  const test = async (changes: object = {}) => {
    const context = createExecutionContext()
    const body = JSON.stringify({ ...one.call, ...changes })
    const request = new Request('https://execution.internal/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const response = await app.fetch(request, env, context)
    await waitOnExecutionContext(context)
    return { status: response.status, json: await response.json<ExecuteResponse & ExecuteProblem>() }
  }
  return { ...one, test }
}

describe('the test of a connector', () => {
  it('makes one real call without a client, and logs it as one of control', async ({ expect }) => {
    const one = await tester()
    await one.answers({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' })
    expect(await one.test()).toMatchObject({ status: 200, json: { status: 200, attempts: 1, body: { ok: true } } })
    const call = only(await one.calls())
    expect(call).toMatchObject({ path: '/echo', headers: { authorization: 'Bearer billing_development_only' } })
    expect(only(await one.log())).toMatchObject({ jobId: null, attempt: { client: 'control/test', outcome: 'success' } })
  })

  it('is not repeated where it fails, and tells what came back', async ({ expect }) => {
    const one = await tester()
    await one.answers({ status: 503, body: 'down' })
    const { status, json } = await one.test()
    expect(status).toBe(502)
    expect(json).toMatchObject({ code: 'upstream_failed', outcome: 'failed', upstreamStatus: 503 })
    expect(await one.calls()).toHaveLength(1)
  })

  it('keeps to pauses and forced breakers, like any call', async ({ expect }) => {
    const held = await tester({ config: (name) => ({ pauses: [{ kind: 'connector', id: name }] }) })
    expect(await held.test()).toMatchObject({ status: 503, json: { code: 'connector_paused', outcome: 'not_called' } })
    expect(await held.calls()).toEqual([])
  })

  it('names what is wrong with the request', async ({ expect }) => {
    const one = await tester()
    expect(await one.test({ operation: 'gone' })).toMatchObject({ status: 404 })
    const wrong = await one.test({ operation: 'set-subscription', input: {} })
    expect(wrong).toMatchObject({ status: 400, json: { issues: [{ path: 'input.id' }] } })
  })
})
