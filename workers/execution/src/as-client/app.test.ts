import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { describe, it } from 'vitest'
import { createIsolate } from '../deps.ts'
import { executeStack, type ExecuteStackOptions } from '../testing/execute.ts'
import { env, only } from '../testing/stack.ts'
import { createAsClient } from './app.ts'

async function acting(options: ExecuteStackOptions = {}) {
  const one = await executeStack(options)
  const app = createAsClient(createIsolate())
  const send = async (path: string, { as = one.client.id, body = one.call as unknown, method = 'POST' } = {}) => {
    const context = createExecutionContext()
    const headers = { 'orchestrator-client': as, 'content-type': 'application/json' }
    const init = { method, headers, ...(method === 'POST' ? { body: JSON.stringify(body) } : {}) }
    const response = await app.fetch(new Request(`https://execution.internal${path}`, init), env, context)
    await waitOnExecutionContext(context)
    return { status: response.status, json: await response.json<Record<string, unknown>>() }
  }
  return { ...one, send }
}

describe('an administrator who acts as a client', () => {
  it('makes the client’s calls without its key, and the log has them as the client’s', async ({ expect }) => {
    const one = await acting()
    expect(await one.send('/execute')).toMatchObject({ status: 200, json: { status: 200 } })
    expect(await one.calls()).toHaveLength(1)
    expect(only(await one.log())).toMatchObject({ attempt: { client: one.client.id } })
  })

  it('makes and reads its jobs', async ({ expect }) => {
    const one = await acting()
    const made = await one.send('/jobs')
    expect(made.status).toBe(202)
    const read = await one.send(`/jobs/${String(made.json['id'])}`, { method: 'GET' })
    expect(read).toMatchObject({ status: 200, json: { id: made.json['id'] } })
  })

  it('has its scopes, its connectors and its limit, and nothing while it is disabled', async ({ expect }) => {
    const reader = await acting({ client: { scopes: ['jobs:read'] } })
    expect(await reader.send('/execute')).toMatchObject({ status: 403 })
    const elsewhere = await acting({ client: { connectors: ['elsewhere'] } })
    expect(await elsewhere.send('/execute')).toMatchObject({ status: 403 })
    const limited = await acting({ client: { rateLimit: { limit: 1, perMs: 3_600_000, burst: 1 } } })
    expect([(await limited.send('/execute')).status, (await limited.send('/execute')).status]).toEqual([200, 429])
    const disabled = await acting({ client: { enabled: false } })
    expect(await disabled.send('/execute')).toMatchObject({ status: 401 })
    expect(await disabled.calls()).toEqual([])
  })

  it('is refused as a client that is not there, and finds nothing else behind this door', async ({ expect }) => {
    const one = await acting()
    expect(await one.send('/execute', { as: 'nobody' })).toMatchObject({ status: 401 })
    expect(await one.send('/execute', { as: '' })).toMatchObject({ status: 401 })
    expect(await one.send('/readyz', { method: 'GET' })).toMatchObject({ status: 404 })
  })
})
