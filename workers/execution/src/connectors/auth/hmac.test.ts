import { createHmac } from 'node:crypto'
import type { ConnectorAuth } from '@orchestrator/shared/contracts/connector'
import { describe, it } from 'vitest'
import { httpBench } from '../../testing/http-bench.ts'

type Hmac = Extract<ConnectorAuth, { kind: 'hmac' }>
const auth: Hmac = {
  kind: 'hmac',
  secret: 'key',
  algorithm: 'sha256',
  encoding: 'hex',
  header: 'X-Signature',
  prefix: 'sha256=',
  content: '{body}',
  timestampHeader: null,
}
const BODY = '{"id":"sub/1","status":"active"}'

async function signed(changes: Partial<Hmac>) {
  const { call, sent } = httpBench(({ headers }) => new Response(headers.get('x-signature')), {
    secrets: { key: ['s3cret-värdet'] },
  })
  const result = await call({ connector: { auth: { ...auth, ...changes } } })
  return { headers: sent[0]?.headers, result }
}

describe('a call signed with a keyed hash', () => {
  const cases: [Partial<Hmac>, string][] = [
    [{}, `sha256=${createHmac('sha256', 's3cret-värdet').update(BODY).digest('hex')}`],
    [{ algorithm: 'sha1', encoding: 'base64', prefix: '' }, createHmac('sha1', 's3cret-värdet').update(BODY).digest('base64')],
    [
      { algorithm: 'sha512', prefix: 'v0=', content: 'v0:{timestamp}:{method}:{path}:{body}{other}', timestampHeader: 'X-Time' },
      `v0=${createHmac('sha512', 's3cret-värdet').update(`v0:1700000000:PUT:/api/subscriptions/sub%2F1:${BODY}{other}`).digest('hex')}`,
    ],
  ]
  for (const [changes, expected] of cases) {
    it(`has what its template says in its header: ${JSON.stringify(changes)}`, async ({ expect }) => {
      const { headers, result } = await signed(changes)
      expect(headers?.get('x-signature')).toBe(expected)
      expect(headers?.get('x-time')).toBe(changes.timestampHeader ? '1700000000' : null)
      expect(result.excerpt).toBe('[redacted]')
    })
  }

  it('fills the template only once', async ({ expect }) => {
    const { call, sent } = httpBench(() => new Response(), { secrets: { key: ['k'] } })
    await call({ connector: { auth }, input: { ok: true, value: { id: '1', a: '{body}{timestamp}' } } })
    const expected = createHmac('sha256', 'k').update('{"id":"1","a":"{body}{timestamp}"}').digest('hex')
    expect(sent[0]?.headers.get('x-signature')).toBe(`sha256=${expected}`)
  })
})
