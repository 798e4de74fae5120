import { describe, it } from 'vitest'
import { sha256Hex, utf8 } from '../../core/bytes.ts'
import { outcome, signed } from '../../testing/verify-signed.ts'
import { preset } from '../presets/twilio.ts'
import { verify } from '../verify.ts'

const TOKEN = 'auth token for tests'
const URL = 'https://in.example/hook?tenant=acme'
const FORM = 'application/x-www-form-urlencoded'
const BODY = 'CallSid=CA1&To=%2B1&Digits=12&Digits=7&Note=Za%C5%BC%C3%B3%C5%82%C4%87'

const post = (body = BODY, contentType = FORM) =>
  signed(preset, body, [TOKEN], { url: URL, contentType, headers: { 'content-type': contentType } })

describe('Twilio’s signature', () => {
  it('covers every field and the address, but not how the form is written', async ({ expect }) => {
    const request = await post()
    const judged = (body: string, more = {}) => outcome(preset, { ...request, rawBody: utf8(body), ...more }, [TOKEN])
    expect(await judged(BODY)).toBe('accepted')
    expect(await judged('Note=Za%c5%bc%c3%b3%c5%82%c4%87&Digits=7&Digits=12&Digits=7&To=%2b1&CallSid=CA1')).toBe('accepted')
    for (const other of [BODY.replace('CA1', 'CA2'), `${BODY}&X=`, BODY.replace('&To=%2B1', ''), `${BODY}\n`, '']) {
      expect(await judged(other)).toBe('no_match')
    }
    expect(await judged(BODY, { url: URL.replace('acme', 'evil') })).toBe('no_match')
    expect(await judged(BODY, { url: URL.replace('?', '/?') })).toBe('no_match')
  })

  it('tells a replay by what is signed, however the form and the address are written', async ({ expect }) => {
    const request = await post()
    const claimed = async (body: string, url = URL) => {
      const rawBody = utf8(body)
      const secrets = [{ label: 'current' as const, secret: TOKEN }]
      const base = { preset, method: 'POST', settings: {}, now: 0, fetchKey: async () => undefined }
      const verdict = await verify({ ...base, url, headers: new Headers(request.headers), rawBody, secrets })
      return verdict.ok ? verdict.value.claims : undefined
    }
    expect(await claimed('Note=Za%c5%bc%c3%b3%c5%82%c4%87&Digits=7&Digits=12&To=%2B1&CallSid=CA1')).toEqual(await claimed(BODY))
    expect(await claimed(BODY)).toEqual({ signed: expect.stringMatching(/^[0-9a-f]{64}$/) })
    for (const url of [URL.replace('acme', '%61cme'), URL.replace('/hook', ':443/hook'), `${URL}#x`])
      expect(await claimed(BODY, url), url).toEqual(await claimed(BODY))
  })

  it('is believed with and without a port, and with a quote or its escape in the query', async ({ expect }) => {
    const at = async (signedAt: string, receivedAt: string) => {
      const request = await signed(preset, BODY, [TOKEN], { url: signedAt, contentType: FORM, headers: { 'content-type': FORM } })
      return outcome(preset, { ...request, url: receivedAt }, [TOKEN])
    }
    expect(await at('https://in.example:443/hook', 'https://in.example/hook')).toBe('accepted')
    expect(await at('https://in.example/hook', 'https://in.example:8443/hook')).toBe('accepted')
    expect(await at('http://in.example:80/hook', 'http://in.example/hook')).toBe('accepted')
    expect(await at('https://u:p@in.example/hook', 'https://u:p@in.example:443/hook')).toBe('accepted')
    expect(await at('https://[::1]/hook', 'https://[::1]:8443/hook')).toBe('accepted')
    expect(await at("https://in.example/hook?q=it's", 'https://in.example/hook?q=it%27s')).toBe('accepted')
    expect(await at('https://in.example/hook?q=it%27s', "https://in.example/hook?q=it's")).toBe('accepted')
    expect(await at('https://in.example:8443/hook', 'https://in.example/hook')).toBe('no_match')
    expect(await at('http://in.example/hook', 'https://in.example/hook')).toBe('no_match')
  })

  it('is believed on the address alone where there is no body, as of a GET', async ({ expect }) => {
    const request = await signed(preset, '', [TOKEN], { url: `${URL}&CallSid=CA1`, method: 'GET', contentType: '' })
    expect(await outcome(preset, request, [TOKEN], { method: 'GET' })).toBe('accepted')
    expect(await outcome(preset, { ...request, url: `${URL}&CallSid=CA2` }, [TOKEN], { method: 'GET' })).toBe('no_match')
  })

  it('covers other bodies only by their hash in the address', async ({ expect }) => {
    const json = '{"EventType":"onMessageAdded"}'
    const request = await post(json, 'application/json')
    expect(request.url).toBe(`${URL}&bodySHA256=${await sha256Hex(json)}`)
    expect(await outcome(preset, request, [TOKEN])).toBe('accepted')
    expect(await outcome(preset, { ...request, rawBody: utf8('{"EventType":"x"}') }, [TOKEN])).toBe('no_match')
    expect(await outcome(preset, { ...request, url: `${request.url}&bodySHA256=00` }, [TOKEN])).toBe('no_match')
    const bare = await signed(preset, '', [TOKEN], { url: URL })
    const unsigned = { ...bare, headers: { ...bare.headers, 'content-type': 'application/json' }, rawBody: utf8(json) }
    expect(await outcome(preset, unsigned, [TOKEN])).toBe('malformed_body')
  })

  it('is missing, empty, somebody else’s, or of a secret that is none', async ({ expect }) => {
    const request = await post()
    const { 'x-twilio-signature': proof = '', ...headers } = request.headers
    expect(await outcome(preset, { ...request, headers }, [TOKEN])).toBe('missing_header')
    for (const [other, reason] of [
      ['', 'malformed_header'],
      [proof.slice(0, -4), 'no_match'],
      [proof.replace('=', ''), 'no_match'],
      [`${proof}, ${proof}`, 'no_match'],
    ] as const) {
      expect(await outcome(preset, { ...request, headers: { ...headers, 'x-twilio-signature': other } }, [TOKEN])).toBe(reason)
    }
    expect(await outcome(preset, request, ['other', TOKEN])).toBe('accepted')
    expect(await outcome(preset, request, ['other'])).toBe('no_match')
    expect(await outcome(preset, request, [''])).toBe('unusable_secret')
  })
})
