import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { describe, it } from 'vitest'
import { fromBase64, utf8 } from '../core/bytes.ts'
import { ADDRESS, outcome, SIGNED_AT } from '../testing/verify-signed.ts'
import { readEventFacts } from './event-facts.ts'
import { parseBody } from './parsed-body.ts'
import { preset as stripe } from './presets/stripe.ts'
import { sign } from './sign.ts'
import type { SigningSecret } from './types.ts'
import { verify, type VerifyInput } from './verify.ts'

const NOW = SIGNED_AT * 1000
const SECRET = 'whsec_stripe_endpoint_secret_for_tests'
const BODY = utf8('{"id":"evt_1","type":"invoice.paid","name":"Łukasz"}')
const current: SigningSecret[] = [{ label: 'current', secret: SECRET }]

function stripeHeaders(value: string): Headers {
  return new Headers({ 'Stripe-Signature': value })
}

/** A header made by the vendor's own code. */
function vendorHeader(options: { secret?: string; timestamp?: number } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({
    payload: new TextDecoder().decode(BODY),
    secret: options.secret ?? SECRET,
    timestamp: options.timestamp ?? SIGNED_AT,
  })
}

/** What the vendor signed, received at once, unless the test says otherwise. */
function received(given: Partial<VerifyInput> = {}) {
  const base = { preset: stripe, method: 'POST', url: ADDRESS, rawBody: BODY, headers: stripeHeaders(vendorHeader()) }
  return verify({ ...base, secrets: current, settings: {}, now: NOW, fetchKey: async () => undefined, ...given })
}

interface Recorded {
  provider: string
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

const fixtures = join(import.meta.dirname, '../../../../test/vectors/fixtures/vectors.jsonl')
const recorded = readFileSync(fixtures, 'utf8')
  .split('\n')
  .flatMap((line): Recorded[] => (line === '' ? [] : [JSON.parse(line) as Recorded]))
  .filter(({ provider }) => provider === 'stripe')

describe('verify, against the recorded requests of Stripe', () => {
  it('has some', ({ expect }) => {
    expect(recorded.length).toBeGreaterThan(20)
  })

  for (const vector of recorded) {
    it(`${vector.expect}s (${vector.strength}): ${vector.case}`, async ({ expect }) => {
      const headers = new Headers()
      for (const [name, value] of Object.entries(vector.headers)) for (const line of [value].flat()) headers.append(name, line)
      const rawBody = fromBase64(vector.body_base64) ?? new Uint8Array()
      const secrets = vector.secrets.map((secret, i): SigningSecret => ({ label: i === 0 ? 'current' : 'previous', secret }))
      const verdict = await received({ rawBody, headers, secrets, now: vector.now * 1000 })
      const got = verdict.ok ? 'accept' : 'reject'
      // Of two safe answers either will do; what a sender never sends may be refused although its code would take it.
      const alsoSafe = vector.strength === 'either' ? ['accept', 'reject'] : vector.strength === 'vendor' ? ['reject'] : []
      expect([vector.expect, ...alsoSafe]).toContain(got)
      if (vector.expect_event_id === undefined) return
      const body = await parseBody(headers.get('content-type'), rawBody)
      const facts = readEventFacts(stripe, { body, headers, url: ADDRESS })
      expect(facts).toEqual({ eventId: vector.expect_event_id, type: vector.expect_event_type })
    })
  }
})

describe('verify, against the code of the stripe package', () => {
  it('accepts what the vendor signs and tells what it proved', async ({ expect }) => {
    const verdict = await received({ now: NOW + 12_999 })
    expect(verdict).toEqual({ ok: true, value: { scheme: 'signature', secret: 'current', timestamp: SIGNED_AT, ageSeconds: 12 } })
  })

  it('signs what the vendor accepts, with every secret it is given', async ({ expect }) => {
    const secrets = ['whsec_other', SECRET]
    const event = { method: 'POST', url: ADDRESS, rawBody: BODY, contentType: 'application/json', headers: {}, settings: {} }
    const { headers } = await sign({ preset: stripe, ...event, secrets, timestamp: SIGNED_AT })
    const header = headers['stripe-signature'] ?? ''
    const text = new TextDecoder().decode(BODY)
    for (const secret of secrets) {
      expect(Stripe.webhooks.constructEvent(text, header, secret, 300, undefined, NOW).id).toBe('evt_1')
    }
  })

  it('is believed under the previous secret while a secret is being rolled', async ({ expect }) => {
    const secrets: SigningSecret[] = [
      { label: 'current', secret: 'whsec_new' },
      { label: 'previous', secret: SECRET },
    ]
    expect(await received({ secrets })).toMatchObject({ ok: true, value: { secret: 'previous' } })
  })

  it('accepts when the sender rolls its secret and signs with both', async ({ expect }) => {
    const other = vendorHeader({ secret: 'whsec_new' }).split(',')[1]
    const headers = stripeHeaders(vendorHeader().replace(',', `,${other},`))
    expect((await received({ headers })).ok).toBe(true)
    const secrets: SigningSecret[] = [{ label: 'current', secret: 'whsec_new' }]
    expect((await received({ headers, secrets })).ok).toBe(true)
  })

  it('works on raw bytes, also those that are not UTF-8', async ({ expect }) => {
    const rawBody = new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28])
    const event = { method: 'POST', url: ADDRESS, rawBody, contentType: 'application/json', headers: {}, settings: {} }
    const request = await sign({ preset: stripe, ...event, secrets: [SECRET], timestamp: SIGNED_AT })
    expect(await outcome(stripe, request, [SECRET])).toBe('accepted')
    const decoded = utf8(new TextDecoder().decode(rawBody))
    expect(await outcome(stripe, { ...request, rawBody: decoded }, [SECRET])).toBe('no_match')
  })
})

describe('verify names the reason of a refusal', () => {
  const v1 = vendorHeader().split(',')[1]
  const upper = vendorHeader().replace(/v1=.*/, (pair) => `v1=${pair.slice(3).toUpperCase()}`)
  const cases: [string, string, Partial<VerifyInput>][] = [
    ['the header is missing', 'missing_header', { headers: new Headers() }],
    ['the header is empty', 'malformed_header', { headers: stripeHeaders('') }],
    ['the header is garbage', 'malformed_header', { headers: stripeHeaders('not-a-signature') }],
    ['there is no timestamp', 'malformed_header', { headers: stripeHeaders(`${v1}`) }],
    ['the timestamp is no number', 'malformed_header', { headers: stripeHeaders(`t=abc,${v1}`) }],
    ['two timestamps contradict', 'malformed_header', { headers: stripeHeaders(`t=${SIGNED_AT},t=${SIGNED_AT + 1},${v1}`) }],
    ['only another scheme is there', 'malformed_header', { headers: stripeHeaders(vendorHeader().replace('v1=', 'v0=')) }],
    ['the header is far too long', 'malformed_header', { headers: stripeHeaders(`${vendorHeader()},${'x'.repeat(20_000)}`) }],
    ['the hex is in upper case', 'no_match', { headers: stripeHeaders(upper) }],
    ['the body is another one', 'no_match', { rawBody: utf8('{"id":"evt_2"}') }],
    ['the body is empty', 'no_match', { rawBody: new Uint8Array() }],
    ['it is 301 s old', 'timestamp_too_old', { now: NOW + 301_000 }],
    ['it is 301 s ahead', 'timestamp_in_future', { now: NOW - 301_000 }],
    ['it is older than the provider allows', 'timestamp_too_old', { now: NOW + 11_000, toleranceSeconds: 10 }],
    ['it is further ahead than the provider allows', 'timestamp_in_future', { now: NOW - 11_000, toleranceSeconds: 10 }],
    ['the secret is another one', 'no_match', { secrets: [{ label: 'current', secret: 'whsec_other' }] }],
    ['the secret lost its prefix', 'no_match', { secrets: [{ label: 'current', secret: SECRET.slice(6) }] }],
    ['there is no secret', 'unusable_secret', { secrets: [] }],
    ['the secret is empty', 'unusable_secret', { secrets: [{ label: 'current', secret: '' }] }],
  ]
  for (const [name, reason, given] of cases) {
    it(`${reason} when ${name}`, async ({ expect }) => {
      expect(await received(given)).toEqual({ ok: false, error: reason })
    })
  }

  it('still accepts at the edge of the tolerance, in the past and in the future', async ({ expect }) => {
    expect((await received({ now: NOW + 300_999 })).ok).toBe(true)
    expect((await received({ now: NOW - 300_000 })).ok).toBe(true)
    expect((await received({ now: NOW + 600_000, toleranceSeconds: 600 })).ok).toBe(true)
  })

  it('takes the same header sent twice for one, as Headers joins them: the first time is the one that counts', async ({
    expect,
  }) => {
    const headers = stripeHeaders(vendorHeader())
    headers.append('Stripe-Signature', vendorHeader())
    expect((await received({ headers })).ok).toBe(true)
    headers.append('Stripe-Signature', vendorHeader({ timestamp: SIGNED_AT + 1 }))
    expect(await received({ headers })).toMatchObject({ ok: true, value: { timestamp: SIGNED_AT } })
    const reversed = stripeHeaders(vendorHeader({ timestamp: SIGNED_AT - 500 }))
    reversed.append('Stripe-Signature', vendorHeader())
    expect(await received({ headers: reversed })).toEqual({ ok: false, error: 'timestamp_too_old' })
  })

  it('explains its steps without telling the secret', async ({ expect }) => {
    const steps: [string, boolean, string?][] = []
    await received({ explain: (...step) => void steps.push(step) })
    expect(steps.length).toBeGreaterThan(2)
    expect(steps.every(([, passed]) => passed)).toBe(true)
    expect(JSON.stringify(steps)).not.toContain(SECRET)
  })
})
