import { describe, it } from 'vitest'
import { RoleCache } from './role-bindings.ts'
import { readToken } from './read-token.ts'
import { effectiveRoles, highestRole } from './roles.ts'

describe('roles', () => {
  it('contain one another as the design says', ({ expect }) => {
    expect(effectiveRoles(['admin'])).toEqual(['viewer', 'operator', 'admin'])
    expect(effectiveRoles(['operator'])).toEqual(['viewer', 'operator'])
    expect(effectiveRoles(['auditor'])).toEqual(['viewer', 'auditor'])
    expect(effectiveRoles(['viewer'])).toEqual(['viewer'])
    expect(effectiveRoles(['operator', 'auditor'])).toEqual(['viewer', 'operator', 'auditor'])
    expect(effectiveRoles([])).toEqual([])
  })

  it('are written down by the highest one', ({ expect }) => {
    expect(highestRole(effectiveRoles(['admin']))).toBe('admin')
    expect(highestRole(effectiveRoles(['auditor']))).toBe('auditor')
    expect(highestRole([])).toBeNull()
  })

  it('are remembered for five seconds, per kind of caller', async ({ expect }) => {
    let reads = 0
    const read = async () => (reads++ === 0 ? (['viewer'] as const).slice() : [])
    const cache = new RoleCache()
    const who = { kind: 'user', id: 'a@example.com' } as const
    expect(await cache.roles(who, 0, read)).toEqual(['viewer'])
    expect(await cache.roles(who, 4_999, read)).toEqual(['viewer'])
    expect(await cache.roles({ kind: 'service', id: who.id }, 4_999, read)).toEqual([])
    expect(await cache.roles(who, 5_000, read)).toEqual([])
    expect(reads).toBe(3)
  })

  it('are not granted from memory when they cannot be read', async ({ expect }) => {
    const cache = new RoleCache()
    const who = { kind: 'user', id: 'a@example.com' } as const
    await cache.roles(who, 0, async () => ['admin'])
    const broken = () => Promise.reject(new Error('CONTROL_DB is down'))
    await expect(cache.roles(who, 5_000, broken)).rejects.toThrow('CONTROL_DB is down')
  })
})

describe('the token of a request', () => {
  it('comes from the header, else from the cookie', ({ expect }) => {
    const cookie = 'a=b; CF_Authorization=from.the.cookie; CF_AppSession=n'
    expect(readToken(new Headers({ cookie, 'Cf-Access-Jwt-Assertion': 'from.the.header' }))).toBe('from.the.header')
    expect(readToken(new Headers({ cookie }))).toBe('from.the.cookie')
    expect(readToken(new Headers({ cookie: 'XCF_Authorization=no; CF_Authorization=' }))).toBeUndefined()
    expect(readToken(new Headers())).toBeUndefined()
  })
})
