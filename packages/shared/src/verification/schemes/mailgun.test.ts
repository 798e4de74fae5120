import { createHmac } from 'node:crypto'
import { describe, it } from 'vitest'
import { parseJson } from '../parsed-body.ts'
import { outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { preset } from '../presets/mailgun.ts'
import { utf8 } from '../../core/bytes.ts'

const KEY = 'signing key for tests'
const EVENT = '{"event-data":{"id":"e1","event":"delivered"}}'

interface Signature {
  timestamp: string | number
  token: string
  signature: string
  'parent-signature'?: string
}

async function signature(): Promise<Signature> {
  const { rawBody } = await signed(preset, EVENT, [KEY])
  return (parseJson(rawBody) as { signature: Signature }).signature
}

function judge(given: unknown, secrets = [KEY], more = {}) {
  const rawBody = utf8(JSON.stringify({ signature: given, 'event-data': {} }))
  return outcome(preset, { url: 'https://in.example', headers: {}, rawBody }, secrets, more)
}

describe('Mailgun’s signature', () => {
  it('covers time and token, and nothing of the event', async ({ expect }) => {
    const made = await signature()
    expect(await judge(made)).toBe('accepted')
    expect(await judge({ ...made, timestamp: Number(made.timestamp) })).toBe('accepted')
    expect(await judge({ ...made, timestamp: String(SIGNED_AT + 1) })).toBe('no_match')
    expect(await judge({ ...made, token: `${made.token}0` })).toBe('no_match')
    expect(await judge({ ...made, signature: made.signature.toUpperCase() })).toBe('no_match')
    expect(await judge(made, ['other'])).toBe('no_match')
    expect(await judge(made, [''])).toBe('unusable_secret')
  })

  it('lets no digit pass between time and token', async ({ expect }) => {
    const sign = (text: string) => createHmac('sha256', KEY).update(text).digest('hex')
    const made = sign(`${SIGNED_AT}12abc`)
    expect(await judge({ timestamp: String(SIGNED_AT), token: '12abc', signature: made })).toBe('accepted')
    expect(await judge({ timestamp: `${SIGNED_AT}1`, token: '2abc', signature: made })).toBe('timestamp_in_future')
    expect(await judge({ timestamp: String(SIGNED_AT).slice(0, -1), token: '012abc', signature: made })).toBe('timestamp_too_old')
  })

  it('may be that of the parent account', async ({ expect }) => {
    const made = await signature()
    expect(await judge({ ...made, 'parent-signature': 'f'.repeat(64) })).toBe('accepted')
    expect(await judge({ ...made, signature: 'f'.repeat(64), 'parent-signature': made.signature })).toBe('accepted')
    expect(await judge({ ...made, signature: 'f'.repeat(64), 'parent-signature': 'e'.repeat(64) })).toBe('no_match')
  })

  it('ages', async ({ expect }) => {
    const made = await signature()
    expect(await judge(made, [KEY], { now: (SIGNED_AT + 30_600) * 1000 })).toBe('accepted')
    expect(await judge(made, [KEY], { now: (SIGNED_AT + 30_601) * 1000 })).toBe('timestamp_too_old')
    expect(await judge(made, [KEY], { now: (SIGNED_AT - 301) * 1000 })).toBe('timestamp_in_future')
    expect(await judge(made, [KEY], { now: (SIGNED_AT + 61) * 1000, toleranceSeconds: 60 })).toBe('timestamp_too_old')
  })

  it('is found in the fields of a form, each of them once', async ({ expect }) => {
    const contentType = 'application/x-www-form-urlencoded'
    const request = await signed(preset, 'event=opened', [KEY], { contentType, headers: { 'content-type': contentType } })
    expect(await outcome(preset, request, [KEY])).toBe('accepted')
    const text = new TextDecoder().decode(request.rawBody)
    expect(await outcome(preset, { ...request, rawBody: utf8(`${text}&token=x`) }, [KEY])).toBe('malformed_body')

    const { timestamp, token, signature: proof } = await signature()
    const part = (name: string, value: string | number) =>
      `--boundary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const rawBody = utf8(`${part('timestamp', timestamp)}${part('token', token)}${part('signature', proof)}--boundary--\r\n`)
    const headers = { 'content-type': 'multipart/form-data; boundary=boundary' }
    expect(await outcome(preset, { url: request.url, headers, rawBody }, [KEY])).toBe('accepted')
  })

  it('is not there', async ({ expect }) => {
    const made = await signature()
    for (const given of [
      undefined,
      'text',
      [],
      {},
      { ...made, signature: '' },
      { ...made, token: '' },
      { ...made, timestamp: 'now' },
    ]) {
      expect(await judge(given)).toBe('malformed_body')
    }
  })
})
