import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import type { GatedCall } from './gates.ts'
import { limitKey } from './limit-key.ts'
import { createGatesState } from './state.ts'

const call: GatedCall = {
  connector: 'billing',
  operation: 'echo',
  client: 'shop',
  input: { customer: 'c1', amount: 5 },
  policy: testPolicy({ id: 'strict' }),
  limitScope: 'billing:strict',
  override: undefined,
  resetAt: 0,
}

function setUp(now = 0) {
  const events: LogEvent[] = []
  const clock = { now }
  const none = () => {
    throw new Error('a key needs no Durable Object')
  }
  const room = { state: createGatesState(), world: { now: () => clock.now, breaker: none, rateLimiter: none } }
  const tools = { emit: (event: LogEvent) => void events.push(event), keep: () => undefined }
  const keyOf = (expression: string | null, of: GatedCall = call) => limitKey(room, 'rate', expression, of, tools)
  return { events, clock, room, tools, keyOf }
}

describe('the key of a limit', () => {
  it('is its scope where it has none of its own, apart for rates and calls in flight', async ({ expect }) => {
    const { room, tools, keyOf } = setUp()
    expect(await keyOf(null)).toBe('billing:strict')
    expect(await limitKey(room, 'in-flight', null, call, tools)).toBe('in-flight/billing:strict')
  })

  it('is what its expression gives, for this connector and policy alone', async ({ expect }) => {
    const { keyOf, events } = setUp()
    expect(await keyOf('client')).toBe('rate/billing/strict/=shop')
    expect(await keyOf(' operation ')).toBe('rate/billing/strict/=echo')
    expect(await keyOf('input.customer & "/" & operation')).toBe('rate/billing/strict/=c1/echo')
    expect(await keyOf('input.amount')).toBe('rate/billing/strict/=5')
    expect(await keyOf('client', { ...call, policy: testPolicy({ id: 'lax' }) })).toBe('rate/billing/lax/=shop')
    expect(events).toEqual([])
  })

  it('is hashed when it is long, and never the same for two values', async ({ expect }) => {
    const { keyOf } = setUp()
    const long = (end: string) => keyOf('input', { ...call, input: 'x'.repeat(5_000) + end })
    const one = await long('a')
    expect(one).toMatch(/^rate\/billing\/strict\/#[0-9a-f]{64}$/)
    expect(await long('b')).not.toBe(one)
    const hash = one.slice('rate/billing/strict/'.length)
    expect(await keyOf('input', { ...call, input: hash })).not.toBe(one)
  })

  it('that gives nothing is one for all such calls, and says so once a minute', async ({ expect }) => {
    const { keyOf, events, clock } = setUp()
    const none = 'rate/billing/strict/(none)'
    expect(await keyOf('input.missing')).toBe(none)
    expect(await keyOf('input.missing')).toBe(none)
    expect(await keyOf('$error("no")')).toBe(none)
    expect(await keyOf('input')).toBe(none)
    expect(events.map(({ type, data }) => [type, data?.['decision'], data?.['key']])).toEqual([
      ['rate_limit.unavailable', 'shared', 'input.missing'],
      ['rate_limit.unavailable', 'shared', '$error("no")'],
      ['rate_limit.unavailable', 'shared', 'input'],
    ])
    clock.now += 60_000
    await keyOf('input.missing')
    expect(events).toHaveLength(4)
  })

  it('of a call without a client is no failure where the client is the key', async ({ expect }) => {
    const { keyOf, events } = setUp()
    expect(await keyOf('client', { ...call, client: null })).toBe('rate/billing/strict/(none)')
    expect(await keyOf('client', { ...call, client: '(none)' })).toBe('rate/billing/strict/=(none)')
    expect(events).toEqual([])
  })
})
