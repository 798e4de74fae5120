import { describe, it } from 'vitest'
import { preset as presetSchema, type SignatureScheme } from '../contracts/preset.ts'
import { toBase64, utf8 } from '../core/bytes.ts'
import { outcome, signed } from '../testing/verify-signed.ts'
import { preset as stripe } from './presets/stripe.ts'

/** The obvious siblings of Stripe's way of signing: nothing but data, as an operator could configure them. */
const base = stripe.verification as SignatureScheme
const whole = { kind: 'whole', prefix: '' } as const
const inHeader: NonNullable<SignatureScheme['timestamp']>['from'] = { kind: 'header', names: ['x-timestamp'] }
const tolerance = { pastSeconds: 300, futureSeconds: 300 }

const siblings: Record<string, Partial<SignatureScheme>> = {
  'a prefix and hex over the body': {
    headers: ['x-hub-signature-256'],
    format: { kind: 'whole', prefix: 'sha256=' },
    timestamp: null,
    template: '{body}',
  },
  'bare base64 over the body, with a base64 key': {
    format: whole,
    encoding: 'base64',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'base64' } },
    timestamp: null,
    template: '{body}',
  },
  'base64url and SHA-512': {
    format: whole,
    encoding: 'base64url',
    algorithm: { kind: 'hmac', hash: 'SHA-512', key: { encoding: 'utf8' } },
    timestamp: null,
    template: '{body}',
  },
  'a timestamp in a header of its own': {
    format: { kind: 'whole', prefix: 'v0=' },
    timestamp: { from: inHeader, unit: 'seconds', tolerance },
    template: 'v0:{timestamp}:{body}',
  },
  'a time in ISO 8601 after the body': {
    format: whole,
    timestamp: { from: inHeader, unit: 'iso', tolerance },
    template: '{body}{timestamp}',
  },
  'milliseconds in the pairs, and a hex key': {
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'hex' } },
    timestamp: { from: { kind: 'pair', name: 't' }, unit: 'milliseconds', tolerance },
  },
  'the time first, then signatures': {
    format: { kind: 'positional', separator: ',' },
    timestamp: { from: { kind: 'position' }, unit: 'milliseconds', tolerance },
  },
  'a list of signatures, divided by spaces': {
    format: { kind: 'whole', prefix: 'v1,', separator: ' ' },
    timestamp: { from: inHeader, unit: 'seconds', tolerance },
    template: '{header:x-id}.{timestamp}.{body}',
  },
  'method and address before the body': {
    format: whole,
    timestamp: null,
    template: '{method}{url}{body}',
  },
  'a plain hash that holds the secret': {
    algorithm: { kind: 'digest', hash: 'KECCAK-256' },
    format: whole,
    encoding: '0x-hex',
    timestamp: null,
    template: '{body}{secret}',
  },
}

const BODY = '{"id":"evt_1","type":"invoice.paid","name":"Łukasz"}'
const SECRETS = { utf8: 'a secret text', hex: '00ff10', base64: toBase64(utf8('a secret text')) }
const OTHERS = { utf8: 'another text', hex: '00ff11', base64: toBase64(utf8('another text')) }

describe('sign is the inverse of verify', () => {
  for (const [name, data] of Object.entries(siblings)) {
    it(`round trip: ${name}`, async ({ expect }) => {
      const preset = presetSchema.parse({ ...stripe, verification: { ...base, ...data } })
      const { algorithm } = preset.verification as SignatureScheme
      const form = algorithm.kind === 'hmac' ? algorithm.key.encoding : 'utf8'
      const request = await signed(preset, BODY, [SECRETS[form]], { headers: { 'x-id': 'msg_1' } })
      expect(await outcome(preset, request, [SECRETS[form]])).toBe('accepted')
      expect(await outcome(preset, request, [OTHERS[form], SECRETS[form]])).toBe('accepted')
      const changed = request.rawBody.slice()
      changed[3]! ^= 1
      expect(await outcome(preset, { ...request, rawBody: changed }, [SECRETS[form]])).toBe('no_match')
      expect(await outcome(preset, request, [OTHERS[form]])).toBe('no_match')
    })
  }
})

describe('the data of a signature', () => {
  const withTemplate = (template: string) => presetSchema.safeParse({ ...stripe, verification: { ...base, template } }).success

  it('has the body in its template, once', ({ expect }) => {
    expect(withTemplate('{timestamp}.{body}')).toBe(true)
    expect(withTemplate('{timestamp}')).toBe(false)
    expect(withTemplate('{body}{body}')).toBe(false)
    expect(withTemplate('{body}{body:crc32}')).toBe(false)
  })

  it('has only placeholders that are known, and no header in upper case', ({ expect }) => {
    expect(withTemplate('{body}{header:x-id|x-other}{setting:publicKey}')).toBe(true)
    expect(withTemplate('{body}{headers}')).toBe(false)
    expect(withTemplate('{body}{header:X-Id}')).toBe(false)
    expect(withTemplate('{body}{')).toBe(false)
  })

  it('signs nothing where a header or setting that is signed is missing', async ({ expect }) => {
    const named = { ...stripe, verification: { ...base, template: '{header:x-id}.{timestamp}.{body}' } }
    await expect(signed(named, BODY, [SECRETS.utf8])).rejects.toThrow('is missing')
    const request = await signed(named, BODY, [SECRETS.utf8], { headers: { 'x-id': 'msg_1' } })
    const { 'x-id': _, ...without } = request.headers
    expect(await outcome(named, { ...request, headers: without }, [SECRETS.utf8])).toBe('missing_header')
  })
})
