import { beforeAll } from 'vitest'
import { ROUTE_ROLES, type RouteKey } from '../roles/route-roles.ts'
import { bindPeople, publishTestConfig } from '../testing/harness.ts'
import { runCommonRouteTests } from './run-common-route-tests.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

/** A path of each pattern; nothing with these ids exists. */
const exampleOf = (pattern: string): string =>
  pattern
    .replace(':seq', '999999')
    .replace(':name', 'none')
    .replace(':id', pattern.includes('dead-letters') ? 'job_0001ARZ3NDEKTSV4RRFFQ69G5FAV.1' : 'none')

for (const key of Object.keys(ROUTE_ROLES) as RouteKey[]) {
  const [method, pattern] = key.split(' ') as [string, string]
  for (const door of ['control', 'console'] as const) runCommonRouteTests(method, exampleOf(pattern), ROUTE_ROLES[key], door)
}
