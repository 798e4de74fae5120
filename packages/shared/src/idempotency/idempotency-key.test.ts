import { describe, it } from 'vitest'
import { AppError } from '../core/errors.ts'
import { readIdempotencyKey, requestFingerprint, upstreamKey } from './idempotency-key.ts'

const read = (value: string) => readIdempotencyKey(new Headers({ 'idempotency-key': value }))

describe('the key of a request', () => {
  it('is the same bare and quoted', ({ expect }) => {
    const key = '8e03978e-40d5-43dd-bc93-6894a57f9324'
    expect([read(key), read(`"${key}"`), read(` "${key}" `)]).toEqual([key, key, key])
    expect(read(String.raw`"a\"b\\c"`)).toBe(String.raw`a"b\c`)
    expect(readIdempotencyKey(new Headers())).toBeUndefined()
  })

  it('is refused when it is empty, too long, or not printable ASCII', ({ expect }) => {
    for (const bad of ['', '""', 'a b', '"a b"', 'a'.repeat(256), 'ü']) {
      expect(() => read(bad)).toThrow(AppError)
    }
    expect(read('a'.repeat(255))).toHaveLength(255)
  })
})

describe('a fingerprint', () => {
  it('is the same for the same body in another order, and another one at another endpoint', async ({ expect }) => {
    const one = await requestFingerprint('/execute', { a: 1, b: { c: [1, 2], d: null } })
    expect(await requestFingerprint('/execute', { b: { d: null, c: [1, 2] }, a: 1 })).toBe(one)
    expect(await requestFingerprint('/jobs', { a: 1, b: { c: [1, 2], d: null } })).not.toBe(one)
    expect(await requestFingerprint('/execute', { a: 1, b: { c: [2, 1], d: null } })).not.toBe(one)
  })
})

describe('the key that an upstream sees', () => {
  it('differs between clients, and tells nothing of theirs', async ({ expect }) => {
    const key = await upstreamKey('shop', 'order-1')
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(await upstreamKey('shop', 'order-1')).toBe(key)
    expect(await upstreamKey('shop-2', 'order-1')).not.toBe(key)
  })
})
