import { providerInput } from '@orchestrator/shared/contracts/config-api'
import type { SignatureScheme } from '@orchestrator/shared/contracts/preset'
import { describe, it } from 'vitest'
import { checkCustom, completeCustom, customSettings, customSignsUrl } from './custom.ts'

const SIGNATURE: SignatureScheme = {
  scheme: 'signature',
  algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
  headers: ['x-signature'],
  format: { kind: 'whole', prefix: '' },
  encoding: 'hex',
  template: '{body}',
  timestamp: null,
}
const TOLERANCE = { pastSeconds: 300, futureSeconds: 300 }
const JWT = {
  scheme: 'jwt',
  header: 'authorization',
  algorithms: ['RS256'],
  keys: { kind: 'jwks', url: 'https://keys.example.com/jwks' },
  checks: [{ kind: 'equals', claim: 'aud', oneOf: ['us'] }],
  clockSkewSeconds: 0,
}

function custom(verification: object, more: object = {}) {
  const { custom } = providerInput.parse({ id: 'own', preset: 'custom', custom: { verification, ...more } })
  return completeCustom(custom!, 'own')
}
const wrong = (verification: object, more: object = {}) => checkCustom(custom(verification, more)).map(({ path }) => path)
const signature = (changes: object) => ({ ...SIGNATURE, ...changes })

describe('what a custom sender leaves out', () => {
  it('follows from what it proves', ({ expect }) => {
    expect(custom(SIGNATURE)).toMatchObject({ title: 'own', bodyAuthenticated: true, dedupe: { by: 'body' } })
    const inBody = { kind: 'body', path: 'id' }
    const inHeader = { kind: 'header', name: 'x-id' }
    expect(custom(SIGNATURE, { eventId: inBody }).dedupe).toEqual({ by: 'id' })
    expect(custom(SIGNATURE, { eventId: inHeader }).dedupe).toEqual({ by: 'id-and-body' })
    expect(custom(signature({ template: '{header:x-id}.{body}' }), { eventId: inHeader }).dedupe).toEqual({ by: 'id' })
    const token = { scheme: 'token', from: [{ kind: 'header', name: 'x-token' }] }
    expect(custom(token, { eventId: inBody })).toMatchObject({ bodyAuthenticated: false, dedupe: { by: 'id-and-body' } })
    expect(custom(signature({ template: '{body:crc32}' })).bodyAuthenticated).toBe(false)
    expect(custom(JWT).bodyAuthenticated).toBe(false)
    const hashed = { ...JWT, checks: [{ kind: 'hash', claim: 'sha', of: 'body', encoding: 'hex' }] }
    expect(custom(hashed).bodyAuthenticated).toBe(true)
  })

  it('is the address where it is signed, and the settings that are named', ({ expect }) => {
    expect(customSignsUrl(custom(signature({ template: '{url}{body}' })))).toBe(true)
    expect(customSignsUrl(custom(SIGNATURE))).toBe(false)
    expect(customSettings(custom(signature({ template: '{setting:account}{body}' })))).toEqual([
      { name: 'account', required: true },
    ])
    const audience = { ...JWT, checks: [{ kind: 'setting', claim: 'aud', setting: 'audience', otherwise: 'url' }] }
    expect(customSettings(custom(audience))).toEqual([{ name: 'audience', required: false }])
  })
})

describe('a custom sender is refused', () => {
  it('when it would prove less than it seems to', ({ expect }) => {
    expect(wrong(SIGNATURE)).toEqual([])
    const digest = { algorithm: { kind: 'digest', hash: 'SHA-256' } }
    expect(wrong(signature(digest))).toEqual(['custom.verification.template'])
    expect(wrong(signature({ ...digest, template: '{secret}{body}' }))).toEqual([])
    const beside = { alternatives: [{ ...digest, format: SIGNATURE.format }] }
    expect(wrong(signature(beside))).toEqual(['custom.verification.template'])
    const inHeader = { from: { kind: 'header', names: ['x-time'] }, unit: 'seconds', tolerance: TOLERANCE }
    expect(wrong(signature({ timestamp: inHeader }))).toEqual(['custom.verification.template'])
    expect(wrong(signature({ timestamp: inHeader, template: '{timestamp}.{body}' }))).toEqual([])
    expect(wrong(signature({ template: '{timestamp}.{body}' }))).toEqual(['custom.verification.timestamp'])
    expect(wrong({ ...JWT, checks: [] })).toEqual(['custom.verification.checks'])
    expect(wrong(JWT, { bodyAuthenticated: true })).toEqual(['custom.bodyAuthenticated'])
  })

  it('when its parts do not fit each other', ({ expect }) => {
    const inPair = { from: { kind: 'pair', name: 't' }, unit: 'seconds', tolerance: TOLERANCE }
    expect(wrong(signature({ timestamp: inPair, template: '{timestamp}.{body}' }))).toEqual([
      'custom.verification.timestamp.from',
    ])
    const positional = { format: { kind: 'positional', separator: ',' } }
    expect(wrong(signature(positional))).toEqual(['custom.verification.timestamp.from'])
    const inBody = { from: { kind: 'body', path: 'time' }, unit: 'seconds', tolerance: TOLERANCE }
    expect(wrong(signature({ timestamp: inBody, template: '{body:crc32}' }))).toEqual(['custom.verification.template'])
    expect(
      wrong(SIGNATURE, { reply: { status: 200, body: { kind: 'text', text: '', contentType: 'text/plain\r\nx: y' } } }),
    ).toEqual(['custom.reply.body.contentType'])
    expect(wrong(SIGNATURE, { reply: { status: 204, body: { kind: 'result' } } })).toEqual(['custom.reply.body'])
    expect(wrong(SIGNATURE, { reply: { status: 204, body: { kind: 'empty' } } })).toEqual([])
  })

  it('when it would make us call an address of our own network, or is the code of another sender', ({ expect }) => {
    for (const url of ['https://127.0.0.1/', 'https://metadata.internal/', 'https://user:pass@keys.example.com/']) {
      expect(wrong({ ...JWT, keys: { kind: 'jwks', url } }), url).toEqual(['custom.verification.keys.url'])
    }
    expect(wrong({ ...JWT, keys: { kind: 'plaid' } })).toEqual(['custom.verification.keys'])
    expect(wrong({ scheme: 'twilio' })).toEqual(['custom.verification.scheme'])
  })
})
