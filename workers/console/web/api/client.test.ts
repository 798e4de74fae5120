import { afterEach, describe, it, vi } from 'vitest'
import * as z from 'zod'
import { failureOf } from '../lib/failure.ts'
import { callApi, postApi } from './client.ts'

const schema = z.object({ id: z.string() })

function answer(body: string, init: ResponseInit = {}) {
  const fetch = vi.fn<() => Promise<Response>>(async () => new Response(body, init))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

async function failure(call: Promise<unknown>) {
  return call.then(
    () => 'no failure',
    (thrown: unknown) => failureOf(thrown),
  )
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a call of the API', () => {
  it('goes through the proxy and answers what the contract says', async ({ expect }) => {
    const fetch = answer('{"id":"a","more":1}')
    expect(await callApi(schema, '/jobs/a')).toEqual({ id: 'a' })
    expect(fetch).toHaveBeenCalledWith('/api/v1/jobs/a', expect.objectContaining({ redirect: 'manual' }))
  })

  it('sends JSON and says so', async ({ expect }) => {
    const fetch = answer('{"id":"a"}')
    await postApi(schema, '/x', { reason: 'y' })
    const headers = expect.objectContaining({ 'content-type': 'application/json', accept: 'application/json' }) as unknown
    expect(fetch).toHaveBeenCalledWith('/api/v1/x', expect.objectContaining({ method: 'POST', body: '{"reason":"y"}', headers }))
  })

  it('fails with the fields of an answer that breaks the contract', async ({ expect }) => {
    answer('{"id":1}', { headers: { 'x-request-id': 'req_1' } })
    expect(await failure(callApi(schema, '/x'))).toEqual({ kind: 'mismatch', requestId: 'req_1', fields: ['id'] })
  })

  it('fails in the same way when a success is not JSON at all', async ({ expect }) => {
    answer('<html>')
    expect(await failure(callApi(schema, '/x'))).toMatchObject({ kind: 'mismatch', fields: ['body'] })
  })

  it('fails with the problem of a refusal', async ({ expect }) => {
    answer('{"title":"No","status":403,"code":"forbidden"}', { status: 403 })
    expect(await failure(callApi(schema, '/x'))).toMatchObject({ kind: 'problem', status: 403, code: 'forbidden' })
  })

  it('takes a redirect as the end of the session, since only Access redirects', async ({ expect }) => {
    vi.stubGlobal('fetch', async () => Object.defineProperty(new Response(''), 'type', { value: 'opaqueredirect' }))
    expect(await failure(callApi(schema, '/x'))).toEqual({ kind: 'signed_out' })
  })

  it('tells a broken connection from an abort of our own', async ({ expect }) => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await failure(callApi(schema, '/x'))).toEqual({ kind: 'network' })
    const aborted = callApi(schema, '/x', { signal: AbortSignal.abort() })
    await expect(aborted).rejects.toThrow('Failed to fetch')
  })
})
