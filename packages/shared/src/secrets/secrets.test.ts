import { inspect } from 'node:util'
import { describe, it } from 'vitest'
import { secretRef, type SecretRef } from '../contracts/config.ts'
import { checkSecret } from './check.ts'
import { keyIdOf, openSecret, sealSecret } from './envelope.ts'
import { resolveSecret } from './resolve.ts'
import { Secret } from './secret.ts'

const KEY = 'a key'
const sources = (env: Record<string, unknown> = {}) => ({ secretsKey: KEY, env, now: 1_000 })
const reveal = async (ref: SecretRef, env: Record<string, unknown> = {}) =>
  (await resolveSecret(ref, sources(env))).map(({ label, secret }) => [label, secret.reveal()])

describe('a secret', () => {
  it('cannot be printed', ({ expect }) => {
    const secret = new Secret('hunter2')
    const printed = [
      String(secret),
      `${String(secret)}!`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }),
    ]
    for (const text of printed) expect(text).not.toContain('hunter2')
    expect(secret.reveal()).toBe('hunter2')
  })

  it('opens only under its own key, name and version', async ({ expect }) => {
    const sealed = { version: 1, ...(await sealSecret(KEY, 'stripe', 1, 'value')) }
    expect(await openSecret(KEY, 'stripe', sealed)).toBe('value')
    expect(await openSecret('other key', 'stripe', sealed)).toBeUndefined()
    expect(await openSecret(KEY, 'github', sealed)).toBeUndefined()
    expect(await openSecret(KEY, 'stripe', { ...sealed, version: 2 })).toBeUndefined()
    expect(await openSecret(KEY, 'stripe', { ...sealed, ciphertext: sealed.iv })).toBeUndefined()
  })

  it('opens under any of several keys, whichever it says', async ({ expect }) => {
    const sealed = { version: 1, ...(await sealSecret(KEY, 's', 1, 'value')) }
    expect(sealed.keyId).toBe(await keyIdOf(KEY))
    for (const keyId of [sealed.keyId, await keyIdOf('another'), undefined]) {
      expect(await openSecret([KEY, 'another'], 's', { ...sealed, keyId })).toBe('value')
      expect(await openSecret(['another', KEY], 's', { ...sealed, keyId })).toBe('value')
      expect(await openSecret(['another', 'a third'], 's', { ...sealed, keyId })).toBeUndefined()
    }
  })
})

describe('the three sources of a secret', () => {
  it('stored: the current version, and a previous one until it expires', async ({ expect }) => {
    const version = async (number: number, value: string, validUntil: number | null) => ({
      version: number,
      validUntil,
      ...(await sealSecret(KEY, 's', number, value)),
    })
    const ref: SecretRef = {
      name: 's',
      source: 'stored',
      versions: [await version(3, 'new', null), await version(2, 'old', 2_000), await version(1, 'expired', 999)],
    }
    expect(await reveal(ref)).toEqual([
      ['current', 'new'],
      ['previous', 'old'],
    ])
  })

  it('stored, and only declared so far: nothing, so that whoever needs it fails closed', async ({ expect }) => {
    expect(await reveal(secretRef.parse({ name: 's', source: 'stored', versions: [] }))).toEqual([])
  })

  it('env: Worker secrets by the name of their variable', async ({ expect }) => {
    const ref: SecretRef = { name: 's', source: 'env', variable: 'NOW', previousVariable: 'BEFORE' }
    expect(await reveal(ref, { NOW: 'new', BEFORE: 'old' })).toEqual([
      ['current', 'new'],
      ['previous', 'old'],
    ])
    expect(await reveal(ref, { NOW: '' })).toEqual([])
  })

  it('never our own variables and bindings, even where the configuration names them', async ({ expect }) => {
    const own = { SECRETS_KEY: KEY, AUDIT_SIGNING_KEY: 'a', PAYLOADS: { get: async () => 'an object' } }
    for (const variable of ['SECRETS_KEY', 'AUDIT_SIGNING_KEY', 'constructor', '__proto__']) {
      expect(await reveal({ name: 's', source: 'env', variable }, own), variable).toEqual([])
      expect(await reveal({ name: 's', source: 'env', variable: 'FINE', previousVariable: variable }, own), variable).toEqual([])
    }
    expect(await reveal({ name: 's', source: 'store', binding: 'PAYLOADS' }, own)).toEqual([])
  })

  it('store: a Secrets Store binding; one that cannot be asked is no missing secret', async ({ expect }) => {
    const ref: SecretRef = { name: 's', source: 'store', binding: 'STRIPE' }
    expect(await reveal(ref, { STRIPE: { get: async () => 'value' } })).toEqual([['current', 'value']])
    await expect(reveal(ref, { STRIPE: { get: async () => Promise.reject(new Error('gone')) } })).rejects.toThrow('gone')
    expect(await reveal(ref)).toEqual([])
  })

  it('give production no value of development', async ({ expect }) => {
    const sealed = { version: 1, validUntil: null, ...(await sealSecret(KEY, 's', 1, 'whsec_development_only_x')) }
    const ref: SecretRef = { name: 's', source: 'stored', versions: [sealed] }
    expect(await reveal(ref, { ENVIRONMENT: 'production' })).toEqual([])
    expect(await reveal(ref, { ENVIRONMENT: 'development' })).toEqual([['current', 'whsec_development_only_x']])
  })
})

describe('the check of a secret', () => {
  const check = (ref: SecretRef, env: Record<string, unknown> = {}) => checkSecret(ref, sources(env))
  const version = async (number: number, key: string, validUntil: number | null, value = 'value') => ({
    version: number,
    validUntil,
    ...(await sealSecret(key, 's', number, value)),
  })

  it('tells of a stored one whether each value opens, the worst of the previous ones', async ({ expect }) => {
    const [current, open, shut] = [await version(4, KEY, null), await version(3, KEY, 2_000), await version(2, 'lost', 2_000)]
    const stored = (...versions: (typeof current)[]) => check({ name: 's', source: 'stored', versions })
    expect(await stored(current)).toEqual({ current: 'resolves', previous: null })
    expect(await stored(current, open)).toEqual({ current: 'resolves', previous: 'resolves' })
    expect(await stored(current, open, shut)).toEqual({ current: 'resolves', previous: 'unreadable' })
    expect(await stored(await version(1, 'lost', null))).toEqual({ current: 'unreadable', previous: null })
    expect(await stored(await version(1, KEY, 999))).toEqual({ current: 'missing', previous: null })
  })

  it('tells of others whether they are there, and of the store whether it answers', async ({ expect }) => {
    const ref: SecretRef = { name: 's', source: 'store', binding: 'NOW', previousBinding: 'BEFORE' }
    const gone = { get: async () => Promise.reject(new Error('gone')) }
    expect(await check(ref, { NOW: { get: async () => 'value' }, BEFORE: gone })).toEqual({
      current: 'resolves',
      previous: 'unreadable',
    })
    expect(await check(ref)).toEqual({ current: 'missing', previous: 'missing' })
    expect(await check({ name: 's', source: 'env', variable: 'V' }, { V: 'value' })).toEqual({
      current: 'resolves',
      previous: null,
    })
    const production = { V: 'a_development_only_value', ENVIRONMENT: 'production' }
    expect(await check({ name: 's', source: 'env', variable: 'V' }, production)).toEqual({ current: 'refused', previous: null })
  })
})
