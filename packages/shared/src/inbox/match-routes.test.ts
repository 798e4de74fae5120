import { describe, it } from 'vitest'
import { route as routeContract, type Route } from '../contracts/config.ts'
import type { EventView } from './event-view.ts'
import { jobsFor, matchNamedRoutes, matchRoutes } from './match-routes.ts'

const route = (changes: Partial<Route> = {}): Route =>
  routeContract.parse({
    id: 'r',
    provider: 'stripe',
    enabled: true,
    eventTypes: ['a.*', 'b'],
    connector: 'c',
    operation: 'o',
    input: '$',
    queue: 'webhook',
    ...changes,
  })
const event = (changes: Partial<EventView> = {}): EventView => ({
  provider: 'stripe',
  id: 'evt_1',
  type: 'a.b',
  body: { amount: 1_500, customer: 'cus_1', lines: [1, 2] },
  headers: { 'x-region': 'eu' },
  query: { tenant: 'acme', tag: ['x', 'y'] },
  path: '/webhooks/stripe',
  ...changes,
})
const idsOf = async (routes: Route[], of = event()) => (await matchRoutes(routes, of)).matches.map((match) => match.route.id)

describe('routes by type', () => {
  it('takes every enabled route of the provider whose glob matches, once each', async ({ expect }) => {
    const routes = [route(), route({ id: 'all', eventTypes: ['*', 'a.*'] }), route({ id: 'other', eventTypes: ['c'] })]
    expect(await idsOf(routes)).toEqual(['r', 'all'])
  })

  it('leaves out disabled routes and other providers', async ({ expect }) => {
    expect(await idsOf([route({ enabled: false })])).toEqual([])
    expect(await idsOf([route()], event({ provider: 'stripe-eu' }))).toEqual([])
  })

  it('takes an event without a type by the glob that is only a star', async ({ expect }) => {
    const globs = ['*', '**', 'a.*', '']
    const routes = globs.map((glob, i) => ({ ...route({ id: `r${i}` }), eventTypes: [glob] }))
    expect(await idsOf(routes, event({ type: null }))).toEqual(['r0'])
  })
})

describe('filters', () => {
  const passing = [
    'body.amount > 1000',
    'headers.`x-region` = "eu"',
    'query.tenant = "acme" and "y" in query.tag',
    'path = "/webhooks/stripe" and type = "a.b" and id = "evt_1"',
    '$count(body.lines) = 2',
  ]
  const refusing = [
    'body.amount > 2000',
    'body.missing',
    'body.amount',
    '"true"',
    '[true, true]',
    '$not(true)',
    'provider = "stripe"',
  ]
  it.for(passing)('%s is true', async (filter, { expect }) => {
    expect(await idsOf([route({ filter })])).toEqual(['r'])
  })
  it.for(refusing)('%s is not exactly true', async (filter, { expect }) => {
    expect(await matchRoutes([route({ filter })], event())).toEqual({ matches: [], failures: [] })
  })

  it.for([
    ['body.amount >', 'syntax'],
    ['/a+/ in body.customer', 'forbidden'],
    ['$eval("1") = 1', 'forbidden'],
    ['$sum(body.customer) = 1', 'failed'],
    ['$count([1..9999].([1..9999])) > 0', 'too_many_steps|output_too_large'],
    ['($f := function($x) { 1 + $f($x) }; $f(1) = 1)', 'too_deep|too_many_steps'],
  ] as const)('%s fails and is told, and the other routes still match', async ([filter, code], { expect }) => {
    const { matches, failures } = await matchRoutes([route({ id: 'broken', filter }), route()], event())
    expect(matches.map((match) => match.route.id)).toEqual(['r'])
    expect(failures).toEqual([{ route: 'broken', part: 'filter', reason: expect.stringMatching(new RegExp(`^(${code}): `)) }])
  })

  it('fails on a body that was too large to be looked into, where a route without a filter matches', async ({ expect }) => {
    const { matches, failures } = await matchRoutes([route({ id: 'f', filter: 'true' }), route()], event({ body: undefined }))
    expect([matches.length, failures.map((one) => one.route)]).toEqual([1, ['f']])
  })

  it('is not asked for a type that no glob names', async ({ expect }) => {
    expect(await matchRoutes([route({ filter: '$eval(1)', eventTypes: ['c'] })], event())).toEqual({ matches: [], failures: [] })
  })
})

describe('ordering keys', () => {
  const keyOf = async (orderingKey: string) => (await matchRoutes([route({ orderingKey })], event())).matches[0]?.orderingKey
  it.for([
    ['body.customer', 'cus_1'],
    ['"o:" & body.amount', 'o:1500'],
    ['body.amount', '1500'],
    ['body.missing', null],
    ['null', null],
    ['""', null],
  ] as const)('%s makes %s', async ([expression, key], { expect }) => {
    expect(await keyOf(expression)).toBe(key)
  })

  it('is a hash where it is long', async ({ expect }) => {
    expect(await keyOf('$pad("", 256, "k")')).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(await keyOf('"client:shop:order-1"')).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('makes no job where it cannot be read: out of order is worse than late', async ({ expect }) => {
    const { matches, failures } = await matchRoutes([route({ orderingKey: 'body' })], event())
    expect([matches, failures]).toEqual([[], [{ route: 'r', part: 'orderingKey', reason: expect.any(String) }]])
  })
})

describe('named routes', () => {
  it('match whatever their type and filter say', async ({ expect }) => {
    const named = route({ eventTypes: ['c'], filter: 'false', orderingKey: 'body.customer' })
    expect(await matchNamedRoutes([named], event())).toEqual({ matches: [{ route: named, orderingKey: 'cus_1' }], failures: [] })
  })
})

describe('jobsFor', () => {
  const jobsOf = (changes: Partial<Route>, paused = false) =>
    jobsFor([{ route: route(changes), orderingKey: 'k' }], { paused, newJobId: () => 'job_1' })

  it('carries what its route says', ({ expect }) => {
    expect(jobsOf({ queue: 'low', policy: 'patient', delaySeconds: 30 })).toEqual([
      {
        id: 'job_1',
        state: 'scheduled',
        queue: 'low',
        route: 'r',
        connector: 'c',
        operation: 'o',
        policy: 'patient',
        delaySeconds: 30,
        orderingKey: 'k',
        onDeath: 'release',
      },
    ])
  })

  it('is queued without a delay, and held while its provider is paused', ({ expect }) => {
    expect(jobsOf({})[0]?.state).toBe('queued')
    expect(jobsOf({ delaySeconds: 30 }, true)[0]?.state).toBe('held')
  })
})
