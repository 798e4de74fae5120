import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { preset, sample } from '../presets/dropbox-sign.ts'

const KEY = 'api key for tests'
const EVENT = '{"event":{"event_type":"signature_request_sent"}}'

async function post(body: string, contentType: string) {
  return signed(preset, body, [KEY], { contentType, headers: { 'content-type': contentType } })
}

describe('Dropbox Sign’s event hash', () => {
  it('is found in a multipart body, a form and bare JSON', async ({ expect }) => {
    const bodies = [
      [sample.body, sample.contentType],
      [`json=${encodeURIComponent(EVENT)}`, 'application/x-www-form-urlencoded'],
      [EVENT, 'application/json'],
    ] as const
    for (const [body, contentType] of bodies) {
      const request = await post(body, contentType)
      expect(await outcome(preset, request, [KEY]), contentType).toBe('accepted')
      expect(await outcome(preset, request, ['other', KEY]), contentType).toBe('accepted')
      expect(await outcome(preset, request, ['other']), contentType).toBe('no_match')
    }
  })

  it('covers time and type, and nothing else', async ({ expect }) => {
    const request = await post(EVENT, 'application/json')
    const text = new TextDecoder().decode(request.rawBody)
    const judge = (from: string, to: string) => outcome(preset, { ...request, rawBody: utf8(text.replace(from, to)) }, [KEY])
    expect(await judge('{"event"', '{"account_guid":"x","event"')).toBe('accepted')
    expect(await judge('request_sent', 'request_signed')).toBe('no_match')
    expect(await judge(String(SIGNED_AT), String(SIGNED_AT + 1))).toBe('no_match')
    expect(await judge('"event_type":"', '"event_type":"0')).toBe('malformed_body')
    expect(await judge(`"${SIGNED_AT}"`, '"soon"')).toBe('malformed_body')
    expect(await judge('event_hash', 'hash')).toBe('malformed_body')
  })

  it('never ages, unless the operator says so', async ({ expect }) => {
    const request = await post(EVENT, 'application/json')
    const now = (SIGNED_AT + 400_000_000) * 1000
    expect(await outcome(preset, request, [KEY], { now })).toBe('accepted')
    expect(await outcome(preset, request, [KEY], { now, toleranceSeconds: 86_400 })).toBe('timestamp_too_old')
  })

  it('is no proof of a field that is there twice', async ({ expect }) => {
    const request = await post(`json=${encodeURIComponent(EVENT)}`, 'application/x-www-form-urlencoded')
    const text = new TextDecoder().decode(request.rawBody)
    expect(await outcome(preset, { ...request, rawBody: utf8(`${text}&json=%7B%7D`) }, [KEY])).toBe('malformed_body')
  })
})
