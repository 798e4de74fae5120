import type { SecretRef } from '@orchestrator/shared/contracts/config'
import { Secret } from '@orchestrator/shared/secrets/secret'
import { describe, it } from 'vitest'
import { SECRET_TTL_MS, SecretCache } from './secret-cache.ts'

const ref: SecretRef = { name: 's', source: 'env', variable: 'S' }
const current = (value: string) => ({ label: 'current' as const, secret: new Secret(value) })

describe('SecretCache', () => {
  it('opens a secret once in its time, and again after it', async ({ expect }) => {
    const cache = new SecretCache()
    let opened = 0
    const value = async (of: SecretRef, now: number) => {
      const secrets = await cache.get(of, now, () => Promise.resolve([current(`v${++opened}`)]))
      return secrets.map(({ secret }) => secret.reveal())
    }
    await value(ref, 0)
    expect(await value(ref, SECRET_TTL_MS - 1)).toEqual(['v1'])
    expect(await value(ref, SECRET_TTL_MS)).toEqual(['v2'])
    expect(await value({ ...ref }, SECRET_TTL_MS)).toEqual(['v3'])
  })

  it('does not remember that a secret did not resolve', async ({ expect }) => {
    const cache = new SecretCache()
    expect(await cache.get(ref, 0, () => Promise.resolve([]))).toEqual([])
    expect(await cache.get(ref, 1, () => Promise.resolve([current('v')]))).toHaveLength(1)
  })
})
