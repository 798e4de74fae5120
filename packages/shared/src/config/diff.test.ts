import { describe, it } from 'vitest'
import { diffConfig } from './diff.ts'
import { EMPTY_CONTENT } from './revision.ts'

describe('a difference', () => {
  it('in what is called like something that every object has is told like any other', ({ expect }) => {
    const shop = {
      id: 'shop',
      name: 'shop',
      enabled: true,
      scopes: [],
      connectors: null,
      queues: null,
      rateLimit: null,
      serviceTokens: [],
    }
    const key = { id: 'constructor', hash: 'a'.repeat(64), createdAt: 1, expiresAt: null }
    const [without, having] = [[], [key]].map((keys) => ({ ...EMPTY_CONTENT, clients: [{ ...shop, keys }] }))
    const path = 'keys.constructor'
    const fieldsFrom = (...[before, after]: Parameters<typeof diffConfig>) => diffConfig(before, after)[0]?.fields
    expect(fieldsFrom(without!, having!)).toEqual([{ path, before: null, after: { expiresAt: null } }])
    expect(fieldsFrom(having!, without!)).toEqual([{ path, before: { expiresAt: null }, after: null }])
  })
})
