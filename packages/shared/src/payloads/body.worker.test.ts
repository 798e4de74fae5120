import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { utf8 } from '../core/bytes.ts'
import { inlineBody, payloadKey, putBody, readBody } from './body.ts'

const { PAYLOADS, DATA_00 } = env as unknown as { PAYLOADS: R2Bucket; DATA_00: D1Database }

describe('payloads', () => {
  const bodies: [string, Uint8Array, string][] = [
    ['empty', new Uint8Array(), 'utf8'],
    ['JSON', utf8('{"a":"Ł\u2028😀"}'), 'utf8'],
    ['text with a byte-order mark', new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 'utf8'],
    ['text with NUL in it', utf8('a\0b'), 'base64'],
    ['bytes that are no UTF-8', new Uint8Array([0xff, 0x00, 0xc3, 0x28]), 'base64'],
    ['an encoded surrogate', new Uint8Array([0xed, 0xa0, 0x80]), 'base64'],
  ]
  for (const [name, bytes, encoding] of bodies) {
    it(`gives ${name} back byte for byte, through a row as ${encoding}`, async ({ expect }) => {
      const stored = inlineBody(bytes)
      expect(stored.bodyEncoding).toBe(encoding)
      const body = await DATA_00.prepare('SELECT ?1 AS body').bind(stored.body).first<string>('body')
      expect(await readBody({ ...stored, body: body ?? 'lost' }, PAYLOADS)).toEqual(bytes)
    })
  }

  it('gives bytes back from R2, and undefined when the object is gone', async ({ expect }) => {
    const bytes = crypto.getRandomValues(new Uint8Array(65_536))
    const stored = await putBody(PAYLOADS, 'whk_1', bytes)
    expect(stored).toEqual({ bodyEncoding: 'r2', body: payloadKey('whk_1') })
    expect(await readBody(stored, PAYLOADS)).toEqual(bytes)
    await PAYLOADS.delete(stored.body)
    expect(await readBody(stored, PAYLOADS)).toBeUndefined()
  })
})
