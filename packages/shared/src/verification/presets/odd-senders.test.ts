import { createHash, createHmac } from 'node:crypto'
import { describe, it } from 'vitest'
import type { Preset } from '../../contracts/preset.ts'
import { utf8 } from '../../core/bytes.ts'
import { ADDRESS, outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { readEventFacts } from '../event-facts.ts'
import { parseBody } from '../parsed-body.ts'
import { findPreset } from './index.ts'

const SECRET = 'a secret for tests'

function known(id: string): Preset {
  const preset = findPreset(id)
  if (preset === undefined) throw new Error(`there is no preset ${id}`)
  return preset
}

const hmac = (text: string, key = SECRET, hash = 'sha256') => createHmac(hash, key).update(text)
const sha256 = (...parts: (string | Uint8Array)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

interface Given {
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  url?: string
  secrets?: string[]
}

function judge(id: string, { headers, body = '{}', url = ADDRESS, secrets = [SECRET] }: Given, more = {}) {
  const rawBody = typeof body === 'string' ? utf8(body) : body
  return outcome(known(id), { url, headers, rawBody }, secrets, more)
}

async function typeOf(id: string, body: object) {
  const parsed = await parseBody('application/json', utf8(JSON.stringify(body)))
  return readEventFacts(known(id), { body: parsed, headers: new Headers(), url: ADDRESS }).type
}

describe('HubSpot', () => {
  it('v1 hashes secret and body, and refuses a body that a stranger has grown', async ({ expect }) => {
    expect(await judge('hubspot-v1', { headers: { 'x-hubspot-signature': sha256(SECRET, '{}') } })).toBe('accepted')
    const grown = new Uint8Array([...utf8('{}'), 0x80, 0, 0, 0x5b, 0x5d])
    const headers = { 'x-hubspot-signature': sha256(SECRET, grown) }
    expect(await judge('hubspot-v1', { headers, body: grown })).toBe('malformed_body')
  })

  it('v2 hashes method, address and body too, for any method', async ({ expect }) => {
    const headers = { 'x-hubspot-signature': sha256(SECRET, 'GET', `${ADDRESS}?a=1`) }
    const given = { headers, body: '', url: `${ADDRESS}?a=1` }
    expect(await judge('hubspot-v2', given, { method: 'GET' })).toBe('accepted')
    expect(await judge('hubspot-v2', given, { method: 'DELETE' })).toBe('no_match')
    expect(await judge('hubspot-v2', { ...given, url: ADDRESS }, { method: 'GET' })).toBe('no_match')
  })

  it('v3 decodes some escapes of the address, and no others', async ({ expect }) => {
    const time = String(SIGNED_AT * 1000)
    const proof = hmac(`POST${ADDRESS}?mail=a@b%20c{}${time}`).digest('base64')
    const headers = { 'x-hubspot-signature-v3': proof, 'x-hubspot-request-timestamp': time }
    expect(await judge('hubspot-v3', { headers, url: `${ADDRESS}?mail=a%40b%20c` })).toBe('accepted')
    expect(await judge('hubspot-v3', { headers, url: `${ADDRESS}?mail=a%40b c` })).toBe('no_match')
  })
})

describe('senders that sign the address', () => {
  it('Square signs it before the body, Trello behind', async ({ expect }) => {
    const square = { 'x-square-hmacsha256-signature': hmac(`${ADDRESS}{}`).digest('base64') }
    expect(await judge('square', { headers: square })).toBe('accepted')
    expect(await judge('square', { headers: square, url: `${ADDRESS}/` })).toBe('no_match')
    const trello = { 'x-trello-webhook': hmac(`{}${ADDRESS}`, SECRET, 'sha1').digest('base64') }
    expect(await judge('trello', { headers: trello })).toBe('accepted')
    expect(await judge('trello', { headers: trello, url: `${ADDRESS}?x` })).toBe('no_match')
  })
})

describe('senders with several signature headers', () => {
  it('DocuSign may fill a hundred of them', async ({ expect }) => {
    const names = Array.from({ length: 100 }, (_, i) => `x-docusign-signature-${i + 1}`)
    const headers = Object.fromEntries(names.map((name, i) => [name, hmac('{}', `key ${i + 1}`).digest('base64')]))
    expect(await judge('docusign', { headers, secrets: ['key 100'] })).toBe('accepted')
    expect(await judge('docusign', { headers, secrets: ['key 101'] })).toBe('no_match')
  })

  it('Hookdeck and Box have a second one while a key is rolled', async ({ expect }) => {
    const hookdeck = {
      'x-hookdeck-signature': hmac('{}', 'old').digest('base64'),
      'x-hookdeck-signature-2': hmac('{}').digest('base64'),
    }
    expect(await judge('hookdeck', { headers: hookdeck })).toBe('accepted')
    const time = '2025-10-09T01:53:20-07:00'
    const box = {
      'box-delivery-timestamp': time,
      'box-signature-version': '1',
      'box-signature-algorithm': 'HmacSHA256',
      'box-signature-primary': hmac(`{}${time}`, 'new').digest('base64'),
      'box-signature-secondary': hmac(`{}${time}`).digest('base64'),
    }
    expect(await judge('box', { headers: box })).toBe('accepted')
    expect(await judge('box', { headers: box }, { now: (SIGNED_AT - 1) * 1000 })).toBe('timestamp_in_future')
    expect(await judge('box', { headers: box }, { now: (SIGNED_AT + 601) * 1000 })).toBe('timestamp_too_old')
    expect(await judge('box', { headers: { ...box, 'box-signature-version': '2' } })).toBe('malformed_header')
    expect(await judge('box', { headers: { ...box, 'box-signature-algorithm': 'none' } })).toBe('malformed_header')
  })
})

describe('other odd ones', () => {
  it('Pusher names its key, and sends exactly JSON', async ({ expect }) => {
    const settings = { key: ['key-1', 'key-2'] }
    const right = {
      'x-pusher-key': 'key-2',
      'content-type': 'application/json',
      'x-pusher-signature': hmac('{}').digest('hex'),
    }
    expect(await judge('pusher', { headers: right }, { settings })).toBe('accepted')
    expect(await judge('pusher', { headers: { ...right, 'x-pusher-key': 'key-3' } }, { settings })).toBe('malformed_header')
    expect(await judge('pusher', { headers: { ...right, 'content-type': 'text/plain' } }, { settings })).toBe('malformed_header')
    expect(await judge('pusher', { headers: right })).toBe('unusable_secret')
  })

  it('EasyPost brings its secret into NFKD', async ({ expect }) => {
    const headers = { 'x-hmac-signature': `hmac-sha256-hex=${hmac('{}', 'se\u0301cret fi').digest('hex')}` }
    expect(await judge('easypost', { headers, secrets: ['s\u00e9cret \ufb01'] })).toBe('accepted')
  })

  it('Persona signs with two keys in two groups', async ({ expect }) => {
    const group = (key: string, time = SIGNED_AT) => `t=${time},v1=${hmac(`${time}.{}`, key).digest('hex')}`
    const header = (...groups: string[]) => ({ headers: { 'persona-signature': groups.join(' ') } })
    expect(await judge('persona', header(group('new'), group(SECRET)))).toBe('accepted')
    expect(await judge('persona', header(group('new', SIGNED_AT + 1), group(SECRET)))).toBe('accepted')
    expect(await judge('persona', header(group('new'), group(SECRET, SIGNED_AT - 301)))).toBe('no_match')
    // Each time costs a hash over the body: more than a few are no sender's.
    const others = [1, 2, 3, 4].map((age) => group('new', SIGNED_AT - age))
    expect(await judge('persona', header(...others, group(SECRET)))).toBe('no_match')
  })

  it('Linear’s time is inside the body, whatever the header says', async ({ expect }) => {
    const old = `{"webhookTimestamp":${(SIGNED_AT - 61) * 1000}}`
    const headers = { 'linear-timestamp': String(SIGNED_AT * 1000), 'linear-signature': hmac(old).digest('hex') }
    expect(await judge('linear', { headers, body: old })).toBe('timestamp_too_old')
    expect(await judge('linear', { headers: { 'linear-signature': hmac('[]').digest('hex') }, body: '[]' })).toBe(
      'malformed_body',
    )
  })

  it('Orb’s time has no zone and means UTC', async ({ expect }) => {
    const time = '2025-10-09T08:53:20.123456'
    const headers = { 'x-orb-timestamp': time, 'x-orb-signature': `v1=00 v1=${hmac(`v1:${time}:{}`).digest('hex')}` }
    expect(await judge('orb', { headers })).toBe('accepted')
  })

  it('Retell and Recurly write the time in milliseconds, behind the body and before it', async ({ expect }) => {
    const ms = SIGNED_AT * 1000 + 4
    const retell = { 'x-retell-signature': `v=${ms},d=${hmac(`{}${ms}`).digest('hex')}` }
    expect(await judge('retell', { headers: retell })).toBe('accepted')
    const recurly = { 'recurly-signature': `${ms},00,${hmac(`${ms}.{}`).digest('hex')}` }
    expect(await judge('recurly', { headers: recurly })).toBe('accepted')
    expect(await judge('recurly', { headers: { 'recurly-signature': `${ms}` } })).toBe('malformed_header')
  })

  it('Moralis hashes with Keccak, which is not SHA-3', async ({ expect }) => {
    const request = await signed(known('moralis-streams'), '{}', [SECRET])
    expect(request.headers['x-signature']).toMatch(/^0x[0-9a-f]{64}$/)
    expect(await outcome(known('moralis-streams'), request, [SECRET])).toBe('accepted')
    const sha3 = `0x${createHash('sha3-256').update(`{}${SECRET}`).digest('hex')}`
    expect(await judge('moralis-streams', { headers: { 'x-signature': sha3 } })).toBe('no_match')
  })

  it('Discord’s interactions have numbers, its webhook events names', async ({ expect }) => {
    expect(await typeOf('discord', { type: 0 })).toBe('PING')
    expect(await typeOf('discord', { type: 2, id: '1' })).toBe('APPLICATION_COMMAND')
    expect(await typeOf('discord', { type: 1, event: { type: 'APPLICATION_AUTHORIZED' } })).toBe('APPLICATION_AUTHORIZED')
  })
})
