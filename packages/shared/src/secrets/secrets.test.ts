import { inspect } from 'node:util'
import { describe, it } from 'vitest'
import type { SecretRef } from '../contracts/config.ts'
import { openSecret, sealSecret } from './envelope.ts'
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

  it('env: Worker secrets by the name of their variable', async ({ expect }) => {
    const ref: SecretRef = { name: 's', source: 'env', variable: 'NOW', previousVariable: 'BEFORE' }
    expect(await reveal(ref, { NOW: 'new', BEFORE: 'old' })).toEqual([
      ['current', 'new'],
      ['previous', 'old'],
    ])
    expect(await reveal(ref, { NOW: '' })).toEqual([])
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
