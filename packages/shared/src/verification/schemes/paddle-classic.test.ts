import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { privateKeyPem, publicKeyPem, rsaKeys } from '../../testing/self-signed-certificate.ts'
import { outcome, signed } from '../../testing/verify-signed.ts'
import { preset, sample } from '../presets/paddle-classic.ts'

const { contentType } = sample

async function post(body = sample.body) {
  const keys = await rsaKeys('SHA-1')
  const request = await signed(preset, body, [await privateKeyPem(keys)], {
    contentType,
    headers: { 'content-type': contentType },
  })
  return { request, text: new TextDecoder().decode(request.rawBody), publicKey: await publicKeyPem(keys) }
}

describe('Paddle Classic’s signature', () => {
  it('covers every field, empty ones too, in any order', async ({ expect }) => {
    const { request, text, publicKey } = await post('b=2&a=Za%C5%BC%C3%B3%C5%82%C4%87+1&empty=')
    const judge = (body: string) => outcome(preset, { ...request, rawBody: utf8(body) }, [publicKey])
    expect(await judge(text)).toBe('accepted')
    expect(await judge(text.split('&').toReversed().join('&'))).toBe('accepted')
    for (const other of [text.replace('b=2', 'b=3'), text.replace('&empty=', ''), `${text}&x=1`, text.replace('b=2', 'b=2+')]) {
      expect(await judge(other)).toBe('no_match')
    }
  })

  it('is what PHP’s serialize() would give its fields', async ({ expect }) => {
    const keys = await rsaKeys('SHA-1')
    const content = utf8('a:2:{s:1:"a";s:3:"é1";s:2:"b_";s:0:"";}')
    const parameters = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' }
    const proof = Buffer.from(await crypto.subtle.sign(parameters, keys.privateKey, content)).toString('base64')
    const rawBody = utf8(`b_=&p_signature=${encodeURIComponent(proof)}&a=%C3%A91`)
    const request = { url: 'https://in.example', headers: { 'content-type': contentType }, rawBody }
    expect(await outcome(preset, request, [await publicKeyPem(keys)])).toBe('accepted')
  })

  it('is refused where a field is there twice, it is missing, or its base64 is sloppy', async ({ expect }) => {
    const { request, text, publicKey } = await post()
    const judge = (body: string) => outcome(preset, { ...request, rawBody: utf8(body) }, [publicKey])
    expect(await judge(`${text}&quantity=1`)).toBe('malformed_body')
    expect(await judge(sample.body)).toBe('malformed_body')
    expect(await judge(`${sample.body}&p_signature=%21`)).toBe('no_match')
    expect(await judge(text.replace(/%3D%3D$/, ''))).toBe('no_match')
    const json = { ...request, headers: { 'content-type': 'application/json' } }
    expect(await outcome(preset, json, [publicKey])).toBe('malformed_body')
  })

  it('is believed under any configured key, and no other', async ({ expect }) => {
    const { request, publicKey } = await post()
    const other = await publicKeyPem(await rsaKeys('SHA-1'))
    expect(await outcome(preset, request, ['no key', other, publicKey])).toBe('accepted')
    expect(await outcome(preset, request, [other])).toBe('no_match')
    expect(await outcome(preset, request, ['no key'])).toBe('unusable_secret')
  })

  it('cannot be made without a private key', async ({ expect }) => {
    const { publicKey } = await post()
    await expect(signed(preset, sample.body, [publicKey], { contentType })).rejects.toThrow('private key')
  })
})
