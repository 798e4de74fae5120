import { tryResponse } from '@orchestrator/shared/contracts/sender-api'
import { toBase64 } from '@orchestrator/shared/core/bytes'
import { findPreset } from '@orchestrator/shared/verification/presets/index'
import { sign } from '@orchestrator/shared/verification/sign'
import { beforeAll, describe, it } from 'vitest'
import { answer, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { auditLog, issuesOf, routeFields, write } from '../testing/config.ts'
import { AT, BODY, signed, tryOut } from '../testing/try-out.ts'

const SECRET = 'whsec_for_trying_only'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  await answer(write('PUT', '/v1/secrets/stripe', { value: SECRET }))
  await answer(write('POST', '/v1/providers', { id: 'stripe-eu', preset: 'stripe', secret: 'stripe' }), 201)
})

const stripe = findPreset('stripe')!

describe('trying a pasted request', () => {
  it('says that it would be accepted, as what event, and under which keys it counts as seen', async ({ expect }) => {
    const before = await auditLog()
    const result = await tryOut('stripe-eu', { headers: await signed(stripe, SECRET), body: BODY, now: AT + 10 })
    expect(tryResponse.strict().parse(result)).toEqual(result)
    expect(result).toMatchObject({
      verdict: 'accepted',
      reason: null,
      secret: 'current',
      eventId: 'evt_1',
      eventType: 'customer.subscription.updated',
      dedupeKeys: ['id:evt_1'],
      handshake: null,
      notes: [],
    })
    expect(result.steps.every(({ passed }) => passed)).toBe(true)
    expect(result.steps.length).toBeGreaterThan(2)
    expect(await auditLog()).toEqual(before)
    const stored = await bindings.DATA_01.prepare('SELECT count(*) AS n FROM inbox').first<number>('n')
    expect(stored).toBe(0)
  })

  it('says which check failed', async ({ expect }) => {
    const headers = await signed(stripe, SECRET)
    const failing = async (changes: object) => {
      const result = await tryOut('stripe-eu', { headers, body: BODY, now: AT, ...changes })
      expect(result.verdict).toBe('refused')
      expect(result.steps.at(-1)?.passed, JSON.stringify(result.steps)).toBe(false)
      return result.reason
    }
    expect(await failing({ headers: {} })).toBe('missing_header')
    expect(await failing({ headers: { 'stripe-signature': 'nonsense' } })).toBe('malformed_header')
    expect(await failing({ now: AT + 301 })).toBe('timestamp_too_old')
    expect(await failing({ body: `${BODY} ` })).toBe('no_match')
    expect(await failing({ method: 'GET', body: undefined })).toBe('handshake_refused')
  })

  it('takes header lines sent twice, and bodies that are no text', async ({ expect }) => {
    const bytes = Uint8Array.of(0xff, 0x00, 0xfe)
    const input = { method: 'POST', url: 'https://x.example.com/', contentType: '', headers: {}, settings: {}, timestamp: AT }
    const { headers } = await sign({ preset: stripe, ...input, rawBody: bytes, secrets: [SECRET] })
    const twice = { 'stripe-signature': headers['stripe-signature'], 'x-two': ['a', 'b'] }
    const result = await tryOut('stripe-eu', { headers: twice, bodyBase64: toBase64(bytes), now: AT })
    expect(result).toMatchObject({ verdict: 'accepted', eventId: null, eventType: null })
    expect(result.dedupeKeys[0]).toMatch(/^sha256:/)
  })

  it('tells of every route whether it takes the event, and why not', async ({ expect }) => {
    await answer(write('POST', '/v1/routes', routeFields()), 201)
    await answer(write('POST', '/v1/routes', routeFields({ id: 'pro', filter: 'body.data.object.plan = "pro"' })), 201)
    await answer(write('POST', '/v1/routes', routeFields({ id: 'free', filter: 'body.data.object.plan = "free"' })), 201)
    await answer(write('POST', '/v1/routes', routeFields({ id: 'off', enabled: false })), 201)
    await answer(write('POST', '/v1/routes', routeFields({ id: 'invoices', eventTypes: ['invoice.*'] })), 201)
    await answer(write('POST', '/v1/routes', routeFields({ id: 'broken', filter: '$number(body.type) > 1' })), 201)
    const { routes } = await tryOut('stripe-eu', { headers: await signed(stripe, SECRET), body: BODY, now: AT })
    expect(Object.fromEntries(routes.map(({ id, matches, why }) => [id, matches ? true : why]))).toMatchObject({
      subscriptions: true,
      pro: true,
      free: 'its filter is not true for this event',
      off: 'it is disabled',
      invoices: 'customer.subscription.updated is none of invoice.*',
      broken: expect.stringMatching(/^its filter failed: /) as string,
    })
  })

  it('knows the previous secret while it is valid', async ({ expect }) => {
    await answer(write('PUT', '/v1/secrets/rolled', { value: 'old value' }))
    await answer(write('POST', '/v1/providers', { id: 'rolled', preset: 'stripe', secret: 'rolled' }), 201)
    await answer(write('PUT', '/v1/secrets/rolled', { value: 'new value' }))
    const result = await tryOut('rolled', { headers: await signed(stripe, 'old value'), body: BODY, now: AT })
    expect(result).toMatchObject({ verdict: 'accepted', secret: 'previous' })
  })

  it('says what is missing on our side', async ({ expect }) => {
    await answer(write('POST', '/v1/providers', { id: 'no-secret', preset: 'stripe', enabled: false }), 201)
    const result = await tryOut('no-secret', { headers: await signed(stripe, SECRET), body: BODY, now: AT })
    expect(result).toMatchObject({ verdict: 'refused', reason: 'unusable_secret' })
    expect(result.steps).toContainEqual({
      check: 'There is a secret to verify with',
      passed: false,
      detail: 'the provider names none',
    })
    expect(result.notes.join()).toContain('disabled')
  })

  it('checks the network where an address is given', async ({ expect }) => {
    await answer(write('PATCH', '/v1/providers/rolled', { allowedIps: ['203.0.113.0/24', '2001:db8::/32'] }))
    const request = { headers: await signed(stripe, 'new value'), body: BODY, now: AT }
    expect(await tryOut('rolled', { ...request, ip: '198.51.100.1' })).toMatchObject({
      verdict: 'refused',
      reason: 'network_not_allowed',
    })
    for (const ip of ['203.0.113.7', '::ffff:203.0.113.7', '2001:db8::1', undefined]) {
      expect((await tryOut('rolled', { ...request, ip })).verdict, ip).toBe('accepted')
    }
  })

  it('tells a handshake from an event, without answering it', async ({ expect }) => {
    const slack = findPreset('slack')!
    await answer(write('PUT', '/v1/secrets/slack', { value: 'slack signing secret' }))
    await answer(write('POST', '/v1/providers', { id: 'slack', preset: 'slack', secret: 'slack' }), 201)
    const body = '{"type":"url_verification","challenge":"please-repeat-this"}'
    const headers = { 'content-type': 'application/json', ...(await signed(slack, 'slack signing secret', body)) }
    const result = await tryOut('slack', { headers, body, now: AT })
    expect(result).toMatchObject({ verdict: 'accepted', handshake: { kind: 'reply', status: 200 }, routes: [], dedupeKeys: [] })
    expect(JSON.stringify(result)).not.toContain('please-repeat-this')
  })

  it('is refused with the field that is wrong named', async ({ expect }) => {
    const post = async (body: object) =>
      Object.keys(await issuesOf(write('POST', '/v1/providers/stripe-eu/try', body, { as: 'viewer' })))
    expect(await post({ body: '', bodyBase64: '' })).toEqual(['bodyBase64'])
    expect(await post({ bodyBase64: 'no base64!' })).toEqual(['bodyBase64'])
    expect(await post({ headers: { 'bad name': 'x' } })).toEqual(['headers.bad name'])
    expect(await post({ headers: { 'x-a': 'line\nbreak' } })).toEqual(['headers.x-a'])
    expect(await post({ url: 'ftp://x' })).toEqual(['url'])
    expect((await write('POST', '/v1/providers/gone/try', {}, { as: 'viewer' })).status).toBe(404)
  })
})
