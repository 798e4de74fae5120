import { beforeAll, describe, it } from 'vitest'
import { CONFIG_ROUTES } from '../roles/config-routes.ts'
import { ROUTE_ROLES, type RouteKey } from '../roles/route-roles.ts'
import { ask, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { type MutationKey, ROUTE_EXAMPLES } from '../testing/route-examples.ts'
import { runCommonRouteTests } from './run-common-route-tests.ts'
import { runMutationTests } from './run-mutation-tests.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const isMutation = (key: RouteKey): key is MutationKey => !key.startsWith('GET ')

/** A path of each pattern; nothing with these ids exists. */
const exampleOf = (pattern: string): string =>
  pattern
    .replace(':seq', '999999')
    .replace(':revision', '999999')
    .replace(':kind', 'user')
    .replace(':role', 'viewer')
    .replace(':id', pattern.includes('dead-letters') ? 'job_0001ARZ3NDEKTSV4RRFFQ69G5FAV.1' : 'none')
    .replaceAll(/:\w+/g, 'none')

for (const key of Object.keys(ROUTE_ROLES) as RouteKey[]) {
  const [method, pattern] = key.split(' ') as [string, string]
  for (const door of ['control', 'console'] as const) {
    runCommonRouteTests(method, exampleOf(pattern), ROUTE_ROLES[key], door)
    if (isMutation(key) && key in ROUTE_EXAMPLES) runMutationTests(key, ROUTE_ROLES[key], door)
  }
}

describe('the tables of routes', () => {
  it('have an example for each mutation, and for nothing else', ({ expect }) => {
    const mutations = (Object.keys(ROUTE_ROLES) as RouteKey[]).filter(isMutation)
    expect(Object.keys(ROUTE_EXAMPLES).sort()).toEqual(mutations.sort())
  })

  it('let viewers ask, and change nothing', ({ expect }) => {
    const asking = /\/(?:query|try|plan|verify|lab)$/
    for (const key of (Object.keys(ROUTE_ROLES) as RouteKey[]).filter(isMutation)) {
      const roles: readonly string[] = ROUTE_ROLES[key]
      expect([key, roles.includes('viewer'), ROUTE_EXAMPLES[key].audit.length === 0]).toEqual([
        key,
        asking.test(key),
        asking.test(key),
      ])
    }
  })

  it('name as changes of the configuration what is one, by its entry in the audit log', ({ expect }) => {
    const others = /^(?:role_binding|impersonation|bulk_operation|payload|audit|access)/
    for (const [key, { audit }] of Object.entries(ROUTE_EXAMPLES)) {
      const changes = audit.length === 1 && !others.test(audit[0])
      expect([key, CONFIG_ROUTES.has(key as RouteKey)]).toEqual([key, changes])
    }
  })
})

describe('browsers', () => {
  it('of other origins are told nothing that would let them ask: no header of CORS, ever', async ({ expect }) => {
    const foreign = { origin: 'https://evil.example' }
    const preflight = { ...foreign, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
    for (const door of ['control', 'console'] as const) {
      const answers = [
        await ask('/v1/routes', { method: 'OPTIONS', door, headers: preflight }),
        await ask('/v1/routes', { method: 'OPTIONS', door, headers: preflight, as: 'admin' }),
        await ask('/v1/routes', { method: 'OPTIONS', door, headers: { ...preflight, origin: 'http://console.localhost:8787' } }),
        await ask('/v1/routes', { door, headers: foreign, as: 'admin' }),
        await ask('/v1/routes', { door, as: 'admin' }),
        await ask('/livez', { door, headers: foreign }),
      ]
      expect(answers.map(({ status }) => status)).toEqual([401, 403, 401, 403, 200, 200])
      for (const { headers } of answers) {
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      }
    }
  })

  it('may follow a link from another site, but load nothing from there', async ({ expect }) => {
    const from = (mode: string) => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode })
    expect((await ask('/v1/routes', { as: 'viewer', headers: from('navigate') })).status).toBe(200)
    expect((await ask('/v1/routes', { as: 'viewer', headers: from('no-cors') })).status).toBe(403)
    expect((await ask('/v1/routes', { as: 'viewer', headers: { 'sec-fetch-site': 'same-site' } })).status).toBe(200)
  })
})
