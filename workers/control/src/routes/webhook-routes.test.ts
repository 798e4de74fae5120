import { type ChangedRoute, changedRoute, type RouteView, routeView } from '@orchestrator/shared/contracts/config-api'
import { beforeAll, describe, it } from 'vitest'
import { answer, ask, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { auditLog, issuesOf, read, routeFields, write } from '../testing/config.ts'

const operator = { as: 'operator' } as const

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  for (const id of ['stripe-eu', 'stripe-us']) await answer(write('POST', '/v1/providers', { id, preset: 'stripe' }), 201)
})

describe('a route', () => {
  it('is created by operators, and takes events from the next snapshot on', async ({ expect }) => {
    const response = await write('POST', '/v1/routes', { ...routeFields(), reason: 'first one' }, operator)
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/v1/routes/subscriptions')
    const created = changedRoute.strict().parse(await response.json())
    expect(created).toMatchObject({
      enabled: true,
      queue: 'webhook',
      filter: null,
      policy: null,
      delaySeconds: 0,
      orderingKey: null,
      onDeath: 'release',
    })
    const one = await read('/v1/routes/subscriptions')
    expect(routeView.strict().parse(one)).toEqual(one)
    expect((await auditLog())[0]).toMatchObject({
      seq: created.auditSeq,
      action: 'route.created',
      target: 'route:subscriptions',
      reason: 'first one',
      before: null,
      after: { id: 'subscriptions', provider: 'stripe-eu' },
    })
    expect(await read('/v1/providers/stripe-eu')).toMatchObject({ routes: ['subscriptions'] })
  })

  it('is refused with each field that is wrong named', async ({ expect }) => {
    const post = async (changes: object) =>
      Object.keys(await issuesOf(write('POST', '/v1/routes', routeFields({ id: 'x', ...changes })))).sort()
    expect(await post({ provider: 'gone', policy: 'gone' })).toEqual(['policy', 'provider'])
    expect(await post({ connector: 'gone' })).toEqual(['connector'])
    expect(await post({ operation: 'gone' })).toEqual(['operation'])
    expect(await post({ filter: 'data.(', input: '{"id": ', orderingKey: '$match(id, /x+/)' })).toEqual([
      'filter',
      'input',
      'orderingKey',
    ])
    expect(await post({ filter: '$eval("1")' })).toEqual(['filter'])
    expect(await post({ eventTypes: [] })).toEqual(['eventTypes'])
    expect(await post({ queue: 'fastest', delaySeconds: -1 })).toEqual(['delaySeconds', 'queue'])
    expect((await ask('/v1/routes/x', { as: 'viewer' })).status).toBe(404)
  })

  it('has an id of its own', async ({ expect }) => {
    expect((await write('POST', '/v1/routes', routeFields(), operator)).status).toBe(409)
  })

  it('changes field by field', async ({ expect }) => {
    const changed = await answer<ChangedRoute>(
      write(
        'PATCH',
        '/v1/routes/subscriptions',
        { filter: 'body.data.object.plan = "pro"', queue: 'critical', policy: 'billing' },
        operator,
      ),
    )
    expect(changed).toMatchObject({ queue: 'critical', policy: 'billing', eventTypes: ['customer.subscription.*'] })
    expect((await auditLog())[0]).toMatchObject({
      action: 'route.updated',
      before: { filter: null, queue: 'webhook', policy: null },
      after: { filter: 'body.data.object.plan = "pro"', queue: 'critical', policy: 'billing' },
    })
    const back = await answer<ChangedRoute>(write('PATCH', '/v1/routes/subscriptions', { filter: null, policy: null }, operator))
    expect(back).toMatchObject({ filter: null, policy: null, queue: 'critical' })
    expect(Object.keys(await issuesOf(write('PATCH', '/v1/routes/subscriptions', { input: '(' }, operator)))).toEqual(['input'])
    expect((await write('PATCH', '/v1/routes/gone', { filter: null }, operator)).status).toBe(404)
  })

  it('is switched off and on', async ({ expect }) => {
    const off = await answer<ChangedRoute>(write('POST', '/v1/routes/subscriptions/disable', { reason: 'noisy' }, operator))
    expect(off.enabled).toBe(false)
    expect((await auditLog())[0]).toMatchObject({ action: 'route.disabled', reason: 'noisy' })
    const { warnings } = await read<{ warnings: string[] }>('/v1/providers/stripe-eu')
    expect(warnings.join()).toContain('No enabled route')
    expect((await answer<ChangedRoute>(write('POST', '/v1/routes/subscriptions/enable', {}, operator))).enabled).toBe(true)
    expect((await auditLog())[0]).toMatchObject({ action: 'route.enabled' })
  })

  it('is found among those of its provider', async ({ expect }) => {
    await answer(write('POST', '/v1/routes', routeFields({ id: 'other', provider: 'stripe-us' }), operator), 201)
    const ids = async (query: string) => (await read<{ items: RouteView[] }>(`/v1/routes${query}`)).items.map(({ id }) => id)
    expect(await ids('')).toEqual(['other', 'subscriptions'])
    expect(await ids('?provider=stripe-eu')).toEqual(['subscriptions'])
    expect((await ask('/v1/routes?connector=billing', { as: 'viewer' })).status).toBe(400)
  })

  it('is deleted', async ({ expect }) => {
    expect(await answer(write('DELETE', '/v1/routes/other', undefined, operator))).toMatchObject({ id: 'other', deleted: true })
    expect((await auditLog())[0]).toMatchObject({
      action: 'route.deleted',
      target: 'route:other',
      before: { id: 'other' },
      after: null,
    })
    expect((await write('DELETE', '/v1/routes/other', undefined, operator)).status).toBe(404)
  })
})
