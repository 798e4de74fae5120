import type { SecretRef } from '@orchestrator/shared/contracts/config'
import { describe, it } from 'vitest'
import { SECRET_TTL_MS, SecretCache } from './secret-cache.ts'

const ref: SecretRef = { name: 's', source: 'env', variable: 'S' }

describe('SecretCache', () => {
  it('opens a secret once in its time, and again after it', async ({ expect }) => {
    const cache = new SecretCache()
    let opened = 0
    const open = () => Promise.resolve([{ label: 'current' as const, secret: `v${++opened}` }])
    await cache.get(ref, 0, open)
    expect(await cache.get(ref, SECRET_TTL_MS - 1, open)).toEqual([{ label: 'current', secret: 'v1' }])
    expect(await cache.get(ref, SECRET_TTL_MS, open)).toEqual([{ label: 'current', secret: 'v2' }])
    expect(await cache.get({ ...ref }, SECRET_TTL_MS, open)).toEqual([{ label: 'current', secret: 'v3' }])
  })

  it('does not remember that a secret did not resolve', async ({ expect }) => {
    const cache = new SecretCache()
    expect(await cache.get(ref, 0, () => Promise.resolve([]))).toEqual([])
    expect(await cache.get(ref, 1, () => Promise.resolve([{ label: 'current', secret: 'v' }]))).toHaveLength(1)
  })
})
