import { describe, it } from 'vitest'
import { executeStack } from '../testing/execute.ts'
import { only } from '../testing/stack.ts'

describe('POST /execute', () => {
  it('calls the operation and answers what the upstream said', async ({ expect }) => {
    const one = await executeStack()
    await one.answers({
      status: 201,
      headers: { 'content-type': 'application/json', etag: 'W/"1"' },
      body: '{"id": "sub_1", "amount": 12345678901234567890}',
    })
    const answer = await one.ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.json).toMatchObject({ status: 201, attempts: 1, body: { id: 'sub_1' }, headers: { etag: 'W/"1"' } })
    expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'))
    expect(answer.text).toContain('12345678901234567890')
    const call = only(await one.calls())
    expect(call).toMatchObject({ method: 'POST', path: '/echo', body: '{"id":"sub_1"}' })
    expect(call.headers['idempotency-key']).toBe(answer.json.requestId)
  })
})
