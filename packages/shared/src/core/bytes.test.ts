import { describe, it } from 'vitest'
import { decodeUtf8, fromBase64, fromHex, sha256Hex, toBase64, toHex, utf8 } from './bytes.ts'
import { timingSafeEqual } from './timing-safe.ts'

const every = Uint8Array.from({ length: 256 }, (_, i) => i)

describe('bytes', () => {
  it('survive hex and base64', ({ expect }) => {
    expect(fromHex(toHex(every))).toEqual(every)
    expect(fromBase64(toBase64(every))).toEqual(every)
    expect(toBase64(new Uint8Array(200_000)).length).toBe(Math.ceil(200_000 / 3) * 4)
  })

  it('are refused when the text is not what it claims', ({ expect }) => {
    expect([fromHex('abc'), fromHex('zz'), fromBase64('*')]).toEqual([undefined, undefined, undefined])
  })

  it('read as text only when they are exactly UTF-8, byte-order mark included', ({ expect }) => {
    expect(decodeUtf8(utf8('﻿ñ'))).toBe('﻿ñ')
    expect(decodeUtf8(new Uint8Array([0xff, 0xfe]))).toBeUndefined()
  })

  it('hash as the standard says', async ({ expect }) => {
    expect(await sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('compare equal only to themselves', ({ expect }) => {
    expect(timingSafeEqual(utf8('secret'), utf8('secret'))).toBe(true)
    for (const other of ['secres', 'secre', 'secrett', ''])
      expect(timingSafeEqual(utf8('secret'), utf8(other)), other).toBe(false)
  })
})
