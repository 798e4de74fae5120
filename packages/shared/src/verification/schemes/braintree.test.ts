import { describe, it } from 'vitest'
import { fromBase64, toBase64, utf8 } from '../../core/bytes.ts'
import { SIGNED_AT, signed } from '../../testing/verify-signed.ts'
import { preset, sample } from '../presets/braintree.ts'
import { verify } from '../verify.ts'

const KEYS = { publicKey: 'public0key' }
const PRIVATE = 'private0key'

async function post(xml = sample.body) {
  const { rawBody } = await signed(preset, xml, [PRIVATE], { settings: KEYS, contentType: sample.contentType })
  const form = new URLSearchParams(new TextDecoder().decode(rawBody))
  return { payload: form.get('bt_payload') ?? '', signature: form.get('bt_signature') ?? '' }
}

const form = (signature: string, payload: string) =>
  new URLSearchParams({ bt_signature: signature, bt_payload: payload }).toString()

async function judge(body: string, settings: Record<string, string | string[]> = KEYS, secrets = [PRIVATE]) {
  const verdict = await verify({
    preset,
    method: 'POST',
    url: 'https://in.example/hook',
    headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
    rawBody: utf8(body),
    secrets: secrets.map((secret) => ({ label: 'current', secret })),
    settings,
    now: SIGNED_AT * 1000,
    fetchKey: async () => undefined,
  })
  return verdict.ok ? verdict.value : verdict.error
}

describe('Braintree’s signature', () => {
  it('covers the payload, in which the kind and the time are found', async ({ expect }) => {
    const { payload, signature } = await post()
    expect(await judge(form(signature, payload))).toEqual({
      scheme: 'braintree',
      secret: 'current',
      timestamp: 1_759_999_999,
      ageSeconds: 1,
      claims: { signed: expect.any(String), kind: 'subscription_charged_successfully' },
    })
    expect(await judge(form(signature, payload.trimEnd()))).toMatchObject({ scheme: 'braintree' })
    expect(await judge(form(signature, payload.replace('a', 'b')))).toBe('no_match')
    expect(await judge(form(signature, `${payload}AAAA`))).toBe('no_match')
    expect(await judge(form(signature.toUpperCase().replace('PUBLIC0KEY', 'public0key'), payload))).toBe('no_match')
    expect(await judge(form(signature, payload), KEYS, ['other'])).toBe('no_match')
    expect(await judge(form(signature, payload), KEYS, [''])).toBe('unusable_secret')
  })

  it('counts only beside our public key, among whatever other pairs', async ({ expect }) => {
    const { payload, signature } = await post()
    const [, hex = ''] = signature.split('|')
    for (const pairs of [`other|00&${signature}`, `${signature}&public0key|00`, `junk&${signature}&public0key|`]) {
      expect(await judge(form(pairs, payload)), pairs).toMatchObject({ secret: 'current' })
    }
    for (const pairs of [`other|${hex}`, hex, `|${hex}`, `public0key|${hex}|x`, `Public0Key|${hex}`]) {
      expect(await judge(form(pairs, payload)), pairs).toBe('unknown_key')
    }
    expect(await judge(form(`public0key|00&${signature}`, payload)), 'the first under a key counts').toBe('no_match')
    expect(await judge(form(signature, payload), { publicKey: ['next0key', 'public0key'] })).toMatchObject({ secret: 'current' })
    expect(await judge(form(signature, payload), {})).toBe('unusable_secret')
  })

  it('is of a payload that is base64 and there once', async ({ expect }) => {
    const { payload, signature } = await post()
    const body = form(signature, payload)
    expect(await judge(`${body}&bt_payload=x`)).toBe('malformed_body')
    expect(await judge(form(signature, payload.replace('\n', ' ')))).toBe('malformed_body')
    expect(await judge(form(signature, ''))).toBe('malformed_body')
    expect(await judge(`bt_signature=${signature}`)).toBe('malformed_body')
    expect(await judge(`bt_payload=${encodeURIComponent(payload)}`)).toBe('malformed_body')
  })

  it('finds no kind but the notification’s own', async ({ expect }) => {
    const inside = await post('<notification><subject><kind>forged</kind></subject></notification>')
    expect(await judge(form(inside.signature, inside.payload))).toMatchObject({ claims: { signed: expect.any(String) } })
    const odd = await post('<notification><kind>a b</kind><timestamp>never</timestamp>')
    expect(await judge(form(odd.signature, odd.payload))).toMatchObject({
      timestamp: null,
      claims: { signed: expect.any(String) },
    })
    expect(await judge(form(odd.signature, odd.payload))).not.toHaveProperty('claims.kind')
  })

  it('proves nothing of what is no notification', async ({ expect }) => {
    for (const xml of ['hello', '<other><kind>check</kind></other>', ' <!-- <notification> -->', '<notifications/>']) {
      const { payload, signature } = await post(xml)
      expect(await judge(form(signature, payload)), xml).toBe('malformed_body')
    }
    const declared = await post(`<?xml version="1.0" encoding="UTF-8"?>\n${sample.body}`)
    expect(await judge(form(declared.signature, declared.payload))).toMatchObject({
      claims: { kind: 'subscription_charged_successfully' },
    })
  })

  it('is made over base64 in lines, as Braintree makes it', async ({ expect }) => {
    const { payload } = await post()
    expect(payload.split('\n').every((line) => line.length <= 60)).toBe(true)
    expect(toBase64(fromBase64(payload.replaceAll('\n', ''))!)).toBe(toBase64(utf8(sample.body)))
  })
})
