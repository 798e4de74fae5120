import { type Operation, operation as operationOf } from '@orchestrator/shared/contracts/connector'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { Webhook } from 'standardwebhooks'
import { describe, it } from 'vitest'
import { executeStack } from '../testing/execute.ts'
import { env, only } from '../testing/stack.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

function stackWith(changes: Partial<Operation>, options: Parameters<typeof executeStack>[0] = {}) {
  const own = { name: 'echo', method: 'POST', path: '/echo', body: '$' }
  return executeStack({
    ...options,
    config: (name) => ({
      operations: [operationOf.parse({ ...own, connector: name, ...changes })],
      ...(typeof options.config === 'function' ? options.config(name) : options.config),
    }),
  })
}

describe('what an operation makes of an answer', () => {
  it('is what the caller gets, raw or not', async ({ expect }) => {
    const one = await stackWith({ response: '{"id": body.id, "from": headers.`x-from`}' })
    await one.answers({ status: 200, headers: { ...JSON_HEADERS, 'x-from': 'there' }, body: '{"id":7,"private":1}' })
    expect((await one.ask()).json).toMatchObject({ status: 200, body: { id: 7, from: 'there' } })
    const raw = await one.ask(one.call, { accept: 'application/octet-stream' })
    expect([raw.text, raw.headers.get('content-type')]).toEqual(['{"id":7,"from":"there"}', 'application/json'])
  })

  it('is never the answer itself, where the mapping fails: the work is done, and is told so under its key too', async ({
    expect,
  }) => {
    const one = await stackWith({ response: '$error("private: " & body.private)' })
    await one.answers({ status: 200, headers: JSON_HEADERS, body: '{"private":"x"}' })
    for (const replayed of [null, 'true']) {
      const answer = await one.ask(one.call, { 'idempotency-key': 'k1' })
      expect(answer.json).toMatchObject({ code: 'upstream_failed', outcome: 'done', upstreamStatus: 200 })
      expect(answer.headers.get('idempotent-replayed')).toBe(replayed)
    }
    expect(await one.calls()).toHaveLength(1)
  })

  it('decides whether it is a success', async ({ expect }) => {
    const one = await stackWith({ success: { statuses: ['2xx', '404'], when: '$not(body.error = true)' } })
    await one.answers(
      { status: 404, headers: JSON_HEADERS, body: '{}' },
      { status: 200, headers: JSON_HEADERS, body: '{"error":true}' },
    )
    expect((await one.ask()).json).toMatchObject({ status: 404, body: {} })
    expect((await one.ask()).json).toMatchObject({ code: 'upstream_failed', outcome: 'failed', upstreamStatus: 200 })
  })
})

describe('what a connector allows', () => {
  it('is redirects to its own hosts, and nothing inside', async ({ expect }) => {
    const one = await stackWith({}, { connector: { egress: { redirects: 2, allowedHosts: [] } } })
    await one.answers({ status: 307, headers: { location: '/next' } }, { status: 200, headers: JSON_HEADERS, body: '{"ok":1}' })
    expect((await one.ask()).json).toMatchObject({ status: 200, body: { ok: 1 } })
    expect((await one.calls()).map(({ path }) => path)).toEqual(['/echo', '/next'])
    await one.answers({ status: 302, headers: { location: 'https://169.254.169.254/latest' } })
    const refused = await one.ask()
    expect(refused.status).toBe(502)
    expect(refused.json).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('leads into a private network') })
  })

  it('is a body and headers as the caller gives them', async ({ expect }) => {
    const one = await stackWith({ raw: true, body: null, forwardHeaders: ['x-shop', 'authorization'] })
    const input = {
      body: '/wAB',
      encoding: 'base64',
      contentType: 'image/png',
      headers: { 'X-Shop': '7', authorization: 'mine' },
    }
    expect((await one.ask({ ...one.call, input })).status).toBe(200)
    expect(only(await one.calls()).headers).toMatchObject({
      'content-type': 'image/png',
      'x-shop': '7',
      authorization: 'Bearer billing_development_only',
    })
    const wrong = await one.ask({ ...one.call, input: { body: 7, headers: { 'x-shop': 'a\nb' } } })
    expect([wrong.status, wrong.json.issues?.map(({ path }) => path)]).toEqual([400, ['input.body', 'input.headers.x-shop']])
  })

  it('is signed with both values of a secret while its rotation overlaps, and with one afterwards', async ({ expect }) => {
    const values = ['new', 'old', 'gone'].map((name) => `whsec_${btoa(name.repeat(10))}`)
    const untils = [null, Date.now() + 60_000, Date.now() - 1]
    const versions = await Promise.all(
      values.map(async (value, i) => {
        const version = 3 - i
        return { version, ...(await sealSecret(env.SECRETS_KEY, 'signing', version, value)), validUntil: untils[i] ?? null }
      }),
    )
    const one = await stackWith(
      {},
      {
        connector: { auth: { kind: 'standardWebhooks', secret: 'signing' } },
        config: { secrets: [{ name: 'signing', source: 'stored', versions }] },
      },
    )
    const { json } = await one.ask(one.call, { 'idempotency-key': 'k1' })
    expect(json.status).toBe(200)
    const { headers, body } = only(await one.calls())
    expect(headers['webhook-id']).toBe(headers['idempotency-key'])
    for (const value of values.slice(0, 2)) expect(new Webhook(value).verify(body, headers)).toEqual({ id: 'sub_1' })
    expect(() => new Webhook(values[2] ?? '').verify(body, headers)).toThrow('No matching signature')
  })
})
