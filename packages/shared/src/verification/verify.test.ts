import { Stripe } from 'stripe'
import { describe, it } from 'vitest'
import { fromBase64, toBase64, utf8 } from '../core/bytes.ts'
import vectors from './fixtures/stripe.json'
import { readEventFacts } from './event-facts.ts'
import { preset as presetSchema, type Preset } from './preset.ts'
import { PRESETS } from './presets/index.ts'
import { stripe } from './presets/stripe.ts'
import { sign } from './sign.ts'
import type { SigningSecret } from './types.ts'
import { verify } from './verify.ts'

const AT = 1_760_000_000
const NOW = AT * 1000
const SECRET = 'whsec_stripe_endpoint_secret_for_tests'
const BODY = utf8('{"id":"evt_1","type":"invoice.paid","name":"Łukasz"}')
const current: SigningSecret[] = [{ label: 'current', secret: SECRET }]

function stripeHeaders(value: string): Headers {
  return new Headers({ 'Stripe-Signature': value })
}

/** A header made by the vendor's own code. */
function vendorHeader(options: { secret?: string; timestamp?: number; body?: Uint8Array } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({
    payload: new TextDecoder().decode(options.body ?? BODY),
    secret: options.secret ?? SECRET,
    timestamp: options.timestamp ?? AT,
  })
}

interface Vector {
  case: string
  secrets: string[]
  headers: Record<string, string | string[]>
  body_base64: string
  now: number
  expect: string
  strength: string
  expect_event_id?: string
  expect_event_type?: string
}

describe('verify, against the recorded requests of Stripe', () => {
  for (const vector of vectors as unknown as Vector[]) {
    it(`${vector.expect}s (${vector.strength}): ${vector.case}`, async ({ expect }) => {
      const headers = new Headers()
      for (const [name, value] of Object.entries(vector.headers)) for (const line of [value].flat()) headers.append(name, line)
      const rawBody = fromBase64(vector.body_base64) ?? new Uint8Array()
      const secrets = vector.secrets.map((secret, i): SigningSecret => ({ label: i === 0 ? 'current' : 'previous', secret }))
      const verdict = await verify({ preset: stripe, rawBody, headers, secrets, now: vector.now * 1000, toleranceSeconds: 300 })
      const verdictText = verdict.ok ? 'accept' : 'reject'
      if (['must', 'docs', 'docs-scheme', 'hardening'].includes(vector.strength)) expect(verdictText).toBe(vector.expect)
      // What a vendor's own code refuses is never accepted; what it accepts may be refused. Where either is safe, we only
      // promise an answer.
      else if (vector.strength === 'vendor' && vector.expect === 'reject') expect(verdictText).toBe('reject')
      else expect(['accept', 'reject']).toContain(verdictText)
      if (vector.expect_event_id !== undefined) {
        const facts = readEventFacts(stripe, JSON.parse(new TextDecoder().decode(rawBody)), headers)
        expect(facts).toEqual({ eventId: vector.expect_event_id, type: vector.expect_event_type })
      }
    })
  }
})

describe('verify, against the code of the stripe package', () => {
  it('accepts what the vendor signs and tells what it proved', async ({ expect }) => {
    const verdict = await verify({
      preset: stripe,
      rawBody: BODY,
      headers: stripeHeaders(vendorHeader()),
      secrets: current,
      now: NOW + 12_999,
    })
    expect(verdict).toEqual({ ok: true, value: { scheme: 'hmac', secret: 'current', timestamp: AT, ageSeconds: 12 } })
  })

  it('signs what the vendor accepts', async ({ expect }) => {
    const headers = await sign({ preset: stripe, rawBody: BODY, secrets: ['whsec_other', SECRET], timestamp: AT })
    const text = new TextDecoder().decode(BODY)
    const event = Stripe.webhooks.constructEvent(text, headers['stripe-signature'] ?? '', SECRET, 300, undefined, NOW)
    expect(event.id).toBe('evt_1')
  })

  it('is believed under the previous secret while a secret is being rolled', async ({ expect }) => {
    const secrets: SigningSecret[] = [
      { label: 'current', secret: 'whsec_new' },
      { label: 'previous', secret: SECRET },
    ]
    const verdict = await verify({ preset: stripe, rawBody: BODY, headers: stripeHeaders(vendorHeader()), secrets, now: NOW })
    expect(verdict).toMatchObject({ ok: true, value: { secret: 'previous' } })
  })

  it('accepts when the sender rolls its secret and signs with both', async ({ expect }) => {
    const other = vendorHeader({ secret: 'whsec_new' }).split(',')[1]
    const verdict = await verify({
      preset: stripe,
      rawBody: BODY,
      headers: stripeHeaders(vendorHeader().replace(',', `,${other},`)),
      secrets: current,
      now: NOW,
    })
    expect(verdict.ok).toBe(true)
  })

  it('works on raw bytes, also those that are not UTF-8', async ({ expect }) => {
    const rawBody = new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28])
    const headers = new Headers(await sign({ preset: stripe, rawBody, secrets: [SECRET], timestamp: AT }))
    const input = { preset: stripe, headers, secrets: current, now: NOW }
    expect((await verify({ ...input, rawBody })).ok).toBe(true)
    const decoded = utf8(new TextDecoder().decode(rawBody))
    expect(await verify({ ...input, rawBody: decoded })).toEqual({ ok: false, error: 'no_match' })
  })
})

describe('verify names the reason of a refusal', () => {
  const v1 = vendorHeader().split(',')[1]
  const upper = vendorHeader().replace(/v1=.*/, (pair) => `v1=${pair.slice(3).toUpperCase()}`)
  const cases: [string, string, { headers?: Headers; now?: number; secrets?: SigningSecret[]; toleranceSeconds?: number }][] = [
    ['the header is missing', 'missing_header', { headers: new Headers() }],
    ['the header is empty', 'malformed_header', { headers: stripeHeaders('') }],
    ['the header is garbage', 'malformed_header', { headers: stripeHeaders('not-a-signature') }],
    ['there is no timestamp', 'malformed_header', { headers: stripeHeaders(`${v1}`) }],
    ['the timestamp is no number', 'malformed_header', { headers: stripeHeaders(`t=abc,${v1}`) }],
    ['two timestamps contradict each other', 'malformed_header', { headers: stripeHeaders(`t=${AT},t=${AT + 1},${v1}`) }],
    ['only another scheme is there', 'malformed_header', { headers: stripeHeaders(vendorHeader().replace('v1=', 'v0=')) }],
    ['the hex is in upper case', 'no_match', { headers: stripeHeaders(upper) }],
    ['it is 301 s old', 'timestamp_too_old', { now: NOW + 301_000 }],
    ['it is 301 s ahead', 'timestamp_in_future', { now: NOW - 301_000 }],
    ['it is older than the provider allows', 'timestamp_too_old', { now: NOW + 11_000, toleranceSeconds: 10 }],
    ['the secret is another one', 'no_match', { secrets: [{ label: 'current', secret: 'whsec_other' }] }],
    ['the secret lost its prefix', 'no_match', { secrets: [{ label: 'current', secret: SECRET.slice(6) }] }],
    ['there is no secret', 'unusable_secret', { secrets: [] }],
    ['the secret is empty', 'unusable_secret', { secrets: [{ label: 'current', secret: '' }] }],
  ]
  for (const [name, reason, given] of cases) {
    it(`${reason} when ${name}`, async ({ expect }) => {
      const base = { preset: stripe, rawBody: BODY, headers: stripeHeaders(vendorHeader()), secrets: current, now: NOW }
      expect(await verify({ ...base, ...given })).toEqual({ ok: false, error: reason })
    })
  }

  it('still accepts at the edge of the tolerance, in the past and in the future', async ({ expect }) => {
    const input = { preset: stripe, rawBody: BODY, headers: stripeHeaders(vendorHeader()), secrets: current }
    expect((await verify({ ...input, now: NOW + 300_999 })).ok).toBe(true)
    expect((await verify({ ...input, now: NOW - 300_000 })).ok).toBe(true)
  })

  it('takes the same header sent twice for one, as Headers joins them', async ({ expect }) => {
    const headers = stripeHeaders(vendorHeader())
    headers.append('Stripe-Signature', vendorHeader())
    expect((await verify({ preset: stripe, rawBody: BODY, headers, secrets: current, now: NOW })).ok).toBe(true)
    headers.append('Stripe-Signature', vendorHeader({ timestamp: AT + 1 }))
    expect(await verify({ preset: stripe, rawBody: BODY, headers, secrets: current, now: NOW })).toEqual({
      ok: false,
      error: 'malformed_header',
    })
  })
})

/** The obvious siblings of Stripe's way of signing: nothing but data. */
const siblings: Record<string, Preset['verification']> = {
  'a prefix and hex over the body': {
    ...stripe.verification,
    header: 'x-hub-signature-256',
    format: { kind: 'whole', prefix: 'sha256=' },
    timestamp: null,
    template: '{body}',
  },
  'bare base64 over the body, with a base64 key': {
    ...stripe.verification,
    header: 'x-hmac',
    format: { kind: 'whole', prefix: '' },
    encoding: 'base64',
    key: 'base64',
    timestamp: null,
    template: '{body}',
  },
  'a timestamp in a header of its own': {
    ...stripe.verification,
    header: 'x-signature',
    format: { kind: 'whole', prefix: 'v0=' },
    timestamp: { from: { kind: 'header', name: 'x-timestamp' }, unit: 'seconds' },
    template: 'v0:{timestamp}:{body}',
  },
  'milliseconds in the pairs, and a hex key': {
    ...stripe.verification,
    key: 'hex',
    timestamp: { from: { kind: 'pair', name: 't' }, unit: 'milliseconds' },
  },
}

describe('sign is the inverse of verify', () => {
  const keys = { utf8: SECRET, hex: '00ff10', base64: toBase64(utf8(SECRET)) }
  const all = [
    ...PRESETS.map((preset) => [preset.id, preset] as const),
    ...Object.entries(siblings).map(([name, verification]) => [name, { ...stripe, verification }] as const),
  ]
  for (const [name, preset] of all) {
    it(`round trip: ${name}`, async ({ expect }) => {
      expect(presetSchema.parse(preset)).toEqual(preset)
      const secret = keys[preset.verification.key]
      const headers = new Headers(await sign({ preset, rawBody: BODY, secrets: [secret], timestamp: AT }))
      const input = { preset, headers, secrets: [{ label: 'current' as const, secret }], now: NOW + 5_000 }
      expect((await verify({ ...input, rawBody: BODY })).ok).toBe(true)
      const changed = BODY.slice()
      changed[3] = 0x20
      expect(await verify({ ...input, rawBody: changed })).toEqual({ ok: false, error: 'no_match' })
      expect((await verify({ ...input, rawBody: BODY, secrets: [{ label: 'current', secret: keys.hex + 'ab' }] })).ok).toBe(false)
    })
  }

  it('refuses a template that leaves the body out', ({ expect }) => {
    const verification = { ...stripe.verification, template: '{timestamp}' }
    expect(presetSchema.safeParse({ ...stripe, verification }).success).toBe(false)
  })
})

describe('readEventFacts', () => {
  it('takes id and type from a path of the body or from a header', ({ expect }) => {
    const preset: Preset = {
      ...stripe,
      eventId: { kind: 'header', name: 'x-delivery' },
      eventType: { kind: 'body', path: 'a.b' },
    }
    const headers = new Headers({ 'x-delivery': 'd-1' })
    expect(readEventFacts(preset, { a: { b: 7 } }, headers)).toEqual({ eventId: 'd-1', type: '7' })
  })

  it('finds nothing in what is not an object, not a text, empty, inherited or far too long', ({ expect }) => {
    const none = { eventId: null, type: null }
    const bodies = [
      undefined,
      null,
      'id',
      [],
      { id: '', type: {} },
      { id: 'x'.repeat(256), type: true },
      Object.create({ id: 'a' }),
    ]
    for (const json of bodies) expect(readEventFacts(stripe, json, new Headers())).toEqual(none)
  })
})
