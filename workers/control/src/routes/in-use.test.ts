import { beforeAll, beforeEach, describe, it } from 'vitest'
import { auditLog, issuesOf, routeFields, write } from '../testing/config.ts'
import { publishExamples } from '../testing/example-config.ts'
import { answer, bindPeople } from '../testing/harness.ts'

beforeAll(bindPeople)
beforeEach(async () => void (await publishExamples()))

type Write = [method: string, path: string, body: object]

const basic = { kind: 'basic', username: 'us', secret: 'unused' }
const aws = { kind: 'awsSigV4', accessKeyId: 'AKIDUS', secret: 'stripe', sessionToken: 'unused', region: 'r', service: 's' }

/** What stands upon what: who begins to use the thing, and what its deletion is refused with. */
const USES: [thing: string, path: string, use: Write, named: string][] = [
  ['policy', 'policies/unused', ['PATCH', 'connectors/unused', { policy: 'unused' }], 'connectors unused'],
  [
    'policy',
    'policies/unused',
    ['PATCH', 'connectors/billing/operations/unused', { policy: 'unused' }],
    'operations billing/unused',
  ],
  ['policy', 'policies/unused', ['PATCH', 'routes/subscriptions', { policy: 'unused' }], 'routes subscriptions'],
  [
    'connector',
    'connectors/unused',
    ['POST', 'connectors/unused/operations', { name: 'pay', method: 'POST', path: '/pay' }],
    'operations pay',
  ],
  ['connector', 'connectors/unused', ['PATCH', 'clients/shop', { connectors: ['unused'] }], 'clients shop'],
  ['connector', 'connectors/billing', ['PATCH', 'routes/subscriptions', { queue: 'low' }], 'routes subscriptions, disabled'],
  [
    'operation',
    'connectors/billing/operations/unused',
    ['PATCH', 'routes/subscriptions', { operation: 'unused' }],
    'the enabled routes subscriptions',
  ],
  ['provider', 'providers/unused', ['PATCH', 'routes/subscriptions', { provider: 'unused' }], 'subscriptions'],
  ['secret', 'secrets/unused', ['PATCH', 'providers/paused', { secret: 'unused' }], 'provider paused'],
  ['secret', 'secrets/unused', ['PATCH', 'connectors/held', { auth: basic }], 'connector held'],
  ['secret as a session token', 'secrets/unused', ['PATCH', 'connectors/held', { auth: aws }], 'connector held'],
]

describe('what is in use', () => {
  for (const [thing, path, [method, user, body], named] of USES) {
    it(`is not deleted: the ${thing} that ${user} uses, and the answer says so`, async ({ expect }) => {
      const used = await write(method, `/v1/${user}`, body)
      expect(used.ok, await used.clone().text()).toBe(true)
      const [newest] = await auditLog()
      for (const dryRun of ['', '?dryRun=true']) {
        const refused = await answer<{ detail: string }>(write('DELETE', `/v1/${path}${dryRun}`), 409)
        expect(refused.detail).toContain(named)
      }
      expect((await auditLog())[0]?.seq).toBe(newest?.seq)
    })
  }

  it('has to be there: each reference to nothing is refused by its field', async ({ expect }) => {
    const dangling: [...Write, field: string][] = [
      ['POST', 'routes', routeFields({ id: 'new', provider: 'none' }), 'provider'],
      ['PATCH', 'routes/subscriptions', { connector: 'none' }, 'connector'],
      ['PATCH', 'routes/subscriptions', { operation: 'none' }, 'operation'],
      ['PATCH', 'routes/subscriptions', { policy: 'none' }, 'policy'],
      ['PATCH', 'connectors/unused', { policy: 'none' }, 'policy'],
      ['PATCH', 'connectors/unused', { auth: { ...basic, secret: 'none' } }, 'auth.secret'],
      ['PATCH', 'connectors/unused', { auth: { ...aws, sessionToken: 'none' } }, 'auth.sessionToken'],
      ['PATCH', 'connectors/billing/operations/unused', { policy: 'none' }, 'policy'],
      ['PATCH', 'providers/stripe', { secret: 'none' }, 'secret'],
      ['PATCH', 'clients/shop', { connectors: ['none'] }, 'connectors'],
    ]
    for (const [method, path, body, field] of dangling) {
      expect(Object.keys(await issuesOf(write(method, `/v1/${path}`, body))), `${path} ${JSON.stringify(body)}`).toEqual([field])
    }
  })
})
