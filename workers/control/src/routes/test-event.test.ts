import { type TestResponse, testResponse } from '@orchestrator/shared/contracts/sender-api'
import { toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { findPreset } from '@orchestrator/shared/verification/presets/index'
import { verify } from '@orchestrator/shared/verification/verify'
import { beforeAll, describe, it } from 'vitest'
import { answer, bindPeople, publishTestConfig, setMode } from '../testing/harness.ts'
import { auditLog, hmacSender, write } from '../testing/config.ts'

const SECRET = 'whsec_for_test_events'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  await answer(write('PUT', '/v1/secrets/stripe', { value: SECRET }))
  await answer(write('POST', '/v1/providers', { id: 'stripe-eu', preset: 'stripe', secret: 'stripe' }), 201)
})

const ask = (id: string, body: object = {}) => write('POST', `/v1/providers/${id}/test`, body, { as: 'operator' })
const send = (id: string, body: object = {}) => answer<TestResponse>(ask(id, body))
/** What reached ingress: the one that stands in for it answers with that. */
interface Received {
  method: string
  pathname: string
  search: string
  headers: [string, string][]
  body: string
}
const received = (sent: TestResponse) => JSON.parse(sent.response.body) as Received

describe('a test event', () => {
  it('is the sample of the preset, signed as its sender does, with an id of its own', async ({ expect }) => {
    const sent = await send('stripe-eu')
    expect(testResponse.strict().parse(sent)).toEqual(sent)
    expect(sent.response).toMatchObject({ status: 200, contentType: 'application/json' })
    const got = received(sent)
    expect(got).toMatchObject({ method: 'POST', pathname: '/webhooks/stripe-eu', search: '' })
    const verdict = await verify({
      preset: findPreset('stripe')!,
      method: 'POST',
      url: 'https://ingress.internal/webhooks/stripe-eu',
      headers: new Headers(got.headers),
      rawBody: utf8(got.body),
      secrets: [{ label: 'current', secret: SECRET }],
      settings: {},
      now: Date.now(),
      fetchKey: async () => undefined,
    })
    expect(verdict).toMatchObject({ ok: true, value: { secret: 'current' } })
    const ids = [got.body, received(await send('stripe-eu')).body].map((text) => (JSON.parse(text) as { id: string }).id)
    expect(new Set(ids).size).toBe(2)
  })

  it('is shown without what proves', async ({ expect }) => {
    const { request } = await send('stripe-eu')
    expect(Object.fromEntries(request.headers)['stripe-signature']).toMatch(/^\[redacted sha256:/)
    expect(request.url).toBe('https://ingress.internal/webhooks/stripe-eu')
  })

  it('is audited: the intent before, the outcome after', async ({ expect }) => {
    const { auditSeq } = await send('stripe-eu')
    const [outcome, intent] = await auditLog()
    expect(intent).toMatchObject({ action: 'provider.test_requested', target: 'provider:stripe-eu', role: 'operator' })
    expect(outcome).toMatchObject({ seq: auditSeq, action: 'provider.tested', intentSeq: intent?.seq, after: { status: 200 } })
  })

  it('has the body, the headers and the query that are given', async ({ expect }) => {
    const sample = {
      body: '{"id":"evt_mine","type":"invoice.paid"}',
      headers: { 'x-mine': '1' },
      query: 'a=b',
      contentType: 'text/json',
    }
    const got = received(await send('stripe-eu', { sample }))
    expect(got).toMatchObject({ body: sample.body, search: '?a=b' })
    expect(Object.fromEntries(got.headers)).toMatchObject({ 'x-mine': '1', 'content-type': 'text/json' })
  })

  it('comes from a network that may send', async ({ expect }) => {
    await answer(write('PATCH', '/v1/providers/stripe-eu', { allowedIps: ['203.0.113.0/24'] }))
    expect(Object.fromEntries(received(await send('stripe-eu')).headers)).toMatchObject({ 'cf-connecting-ip': '203.0.113.0' })
    await answer(write('PATCH', '/v1/providers/stripe-eu', { allowedIps: [] }))
  })

  it('of a custom sender is any JSON, or what is given', async ({ expect }) => {
    await answer(write('POST', '/v1/providers', { id: 'own', preset: 'custom', secret: 'stripe', custom: hmacSender() }), 201)
    expect(JSON.parse(received(await send('own')).body)).toEqual({ test: true, orchestrator_test: expect.any(String) as string })
    expect(received(await send('own', { sample: { body: '{"id":"1"}' } })).body).toBe('{"id":"1"}')
  })

  it('shows no secret, wherever it stands in the request', async ({ expect }) => {
    const secret = 'token+of "ours"/and more'
    await answer(write('PUT', '/v1/secrets/token', { value: secret }))
    for (const [id, from] of [
      ['in-header', { kind: 'header', name: 'x-hook', prefix: 'key ' }],
      ['in-query', { kind: 'query', name: 'key' }],
      ['in-basic', { kind: 'basic' }],
      ['in-body', { kind: 'body', path: 'key', each: 'items' }],
    ] as const) {
      const custom = { verification: { scheme: 'token', from: [from] } }
      await answer(write('POST', '/v1/providers', { id, preset: 'custom', secret: 'token', custom }), 201)
      const sent = JSON.stringify(await send(id, { sample: { body: '{"items":[{}]}' } }))
      const spellings = [
        secret,
        JSON.stringify(secret).slice(1, -1),
        JSON.stringify(JSON.stringify(secret)).slice(3, -3),
        encodeURIComponent(secret),
        new URLSearchParams({ k: secret }).toString().slice(2),
        btoa(secret),
      ]
      for (const spelling of spellings) expect(sent, `${id} ${spelling}`).not.toContain(spelling)
    }
    expect(JSON.stringify(await auditLog())).not.toContain('of "ours"')
  })
})

describe('a test event cannot be sent', () => {
  it('without a secret', async ({ expect }) => {
    await answer(write('POST', '/v1/providers', { id: 'no-secret', preset: 'stripe' }), 201)
    const response = await ask('no-secret')
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'unprocessable', detail: expect.stringContaining('no secret') as string })
  })

  it('where the sender has a private key, unless one of our own stands in for it', async ({ expect }) => {
    const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair
    const exported = async (format: 'spki' | 'pkcs8', key: CryptoKey) =>
      toBase64(new Uint8Array((await crypto.subtle.exportKey(format, key)) as ArrayBuffer))
    await answer(write('PUT', '/v1/secrets/public', { value: await exported('spki', pair.publicKey) }))
    const base = hmacSender() as { verification: object }
    const custom = { ...base, verification: { ...base.verification, algorithm: { kind: 'ed25519', key: 'spki' } } }
    await answer(write('POST', '/v1/providers', { id: 'ed', preset: 'custom', secret: 'public', custom }), 201)
    const before = await auditLog()
    const refused = await ask('ed')
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('privateKey') as string })
    expect(await auditLog()).toEqual(before)
    const body = await exported('pkcs8', pair.privateKey)
    const privateKey = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`
    const sent = await send('ed', { privateKey })
    expect(sent.response.status).toBe(200)
    const bad = await ask('ed', { privateKey: 'no key at all' })
    expect(bad.status).toBe(422)
    for (const text of [JSON.stringify(sent), await bad.text(), JSON.stringify(await auditLog())]) {
      expect(text).not.toContain(body)
      expect(text).not.toContain('no key at all')
    }
  })

  it('while ingress is down: 503, and the log says that nothing came of it', async ({ expect }) => {
    await setMode('ingress-webhooks', 'throw')
    const response = await ask('stripe-eu')
    await setMode('ingress-webhooks', 'up')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('Ingress') as string })
    expect((await auditLog())[0]).toMatchObject({ action: 'provider.tested', after: { failed: 'ingress could not be reached' } })
  })

  it('for what does not exist, and by viewers', async ({ expect }) => {
    expect((await ask('gone')).status).toBe(404)
    expect((await write('POST', '/v1/providers/stripe-eu/test', {}, { as: 'viewer' })).status).toBe(403)
    expect((await ask('stripe-eu', { sample: { bodies: 'x' } })).status).toBe(400)
  })
})
