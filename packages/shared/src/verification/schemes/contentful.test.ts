import { createHmac } from 'node:crypto'
import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { ADDRESS, outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { preset } from '../presets/contentful.ts'
import { verify } from '../verify.ts'

const SECRET = 's'.repeat(64)
const BODY = '{"sys":{"type":"Entry"}}'
const TIME = String(SIGNED_AT * 1000)

const post = (headers: Record<string, string> = { 'x-contentful-topic': 'T' }, more = {}) =>
  signed(preset, BODY, [SECRET], { headers, ...more })

describe('Contentful’s signature', () => {
  it('covers method, path, query, body and the listed headers', async ({ expect }) => {
    const request = await post({ 'x-contentful-topic': 'T', 'x-own': ' padded ' }, { url: `${ADDRESS}?a=1` })
    const judge = (more: object) => outcome(preset, { ...request, ...more }, [SECRET])
    const withHeader = (name: string, value: string) => ({ headers: { ...request.headers, [name]: value } })
    expect(await judge({})).toBe('accepted')
    expect(await judge({ url: `https://elsewhere.example${new URL(request.url).pathname}?a=1` })).toBe('accepted')
    expect(await judge(withHeader('x-other', '1'))).toBe('accepted')
    expect(await outcome(preset, request, [SECRET], { method: 'PUT' })).toBe('no_match')
    expect(await judge({ url: `${ADDRESS}?a=2` })).toBe('no_match')
    expect(await judge({ url: `${ADDRESS}/?a=1` })).toBe('no_match')
    expect(await judge({ url: `${ADDRESS}?a=1?b` })).toBe('no_match')
    expect(await judge({ rawBody: utf8(`${BODY}\n`) })).toBe('no_match')
    expect(await judge(withHeader('x-own', 'other'))).toBe('no_match')
    expect(await judge(withHeader('x-contentful-topic', 'other'))).toBe('no_match')
    expect(await judge(withHeader('x-contentful-timestamp', String(SIGNED_AT * 1000 + 1)))).toBe('no_match')
  })

  it('is over the canonical request that Contentful’s toolkit makes', async ({ expect }) => {
    const list = 'x-contentful-signed-headers,x-contentful-timestamp'
    const canonical = `POST\n/a%2520b?x%253D1%2526y%253D%25252B\n${list.split(',')[0]}:${list};x-contentful-timestamp:${TIME}\n${BODY}`
    const headers = {
      'x-contentful-signature': createHmac('sha256', SECRET).update(canonical).digest('hex'),
      'x-contentful-signed-headers': list,
      'x-contentful-timestamp': TIME,
    }
    const request = { url: 'https://in.example/a%20b?x=1&y=%2B', headers, rawBody: utf8(BODY) }
    expect(await outcome(preset, request, [SECRET])).toBe('accepted')
  })

  it('gives topic and idempotency key only where they are signed', async ({ expect }) => {
    const names = { 'x-contentful-topic': 'T', 'x-contentful-idempotency-key': 'k' }
    const claims = async (signedHeaders: Record<string, string>) => {
      const { headers, rawBody, url } = await post(signedHeaders)
      const secrets = [{ label: 'current' as const, secret: SECRET }]
      const base = { preset, method: 'POST', settings: {}, now: SIGNED_AT * 1000, fetchKey: async () => undefined }
      const verdict = await verify({ ...base, url, rawBody, secrets, headers: new Headers({ ...names, ...headers }) })
      return verdict.ok ? verdict.value.claims : verdict.error
    }
    expect(await claims(names)).toEqual({ topic: 'T', idempotencyKey: 'k' })
    expect(await claims({})).toEqual({})
  })

  it('is refused when it is 30 s old, or more than 30 s ahead', async ({ expect }) => {
    const request = await post()
    const at = (ms: number) => outcome(preset, request, [SECRET], { now: SIGNED_AT * 1000 + ms })
    expect(await at(29_999)).toBe('accepted')
    expect(await at(30_000)).toBe('timestamp_too_old')
    expect(await at(-30_000)).toBe('accepted')
    expect(await at(-30_001)).toBe('timestamp_in_future')
  })

  it('is refused where a header it needs is missing or malformed', async ({ expect }) => {
    const request = await post()
    for (const name of ['signature', 'timestamp', 'signed-headers']) {
      const { [`x-contentful-${name}`]: _, ...headers } = request.headers
      expect(await outcome(preset, { ...request, headers }, [SECRET]), name).toBe('missing_header')
      const emptied = { ...request.headers, [`x-contentful-${name}`]: '' }
      expect(await outcome(preset, { ...request, headers: emptied }, [SECRET]), name).toBe('malformed_header')
    }
    const { 'x-contentful-topic': _, ...headers } = request.headers
    expect(await outcome(preset, { ...request, headers }, [SECRET])).toBe('malformed_header')
    const upper = request.headers['x-contentful-signature']!.toUpperCase()
    const loud = { ...request, headers: { ...request.headers, 'x-contentful-signature': upper } }
    expect(await outcome(preset, loud, [SECRET])).toBe('no_match')
  })

  it('is under a secret of 64 characters', async ({ expect }) => {
    const request = await post()
    expect(await outcome(preset, request, ['short', 'o'.repeat(64), SECRET])).toBe('accepted')
    expect(await outcome(preset, request, ['o'.repeat(64)])).toBe('no_match')
    expect(await outcome(preset, request, ['short'])).toBe('unusable_secret')
  })
})
