import { afterEach, describe, it, vi } from 'vitest'
import { executeStack, QUICK_RETRY } from '../testing/execute.ts'
import { stack, type StackOptions } from '../testing/stack.ts'

afterEach(() => vi.restoreAllMocks())

describe('what operators decide while a call of /execute waits for its next attempt', () => {
  const decisions = [
    ['a pause', (id: string) => ({ pauses: [{ kind: 'connector' as const, id }] }), 'is paused'],
    ['a breaker forced open', (connector: string) => ({ breakerOverrides: [{ connector, state: 'open' as const }] }), 'refused'],
  ] as const

  it.for(decisions)('%s keeps it from being made', async ([, decide, detail], { expect }) => {
    let later = 0
    const real = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => real() + later)
    const one = await executeStack({ policy: { retry: { ...QUICK_RETRY, listMs: [1_500], maxMs: 2_000 } } })
    await one.answers({ status: 503 }, { status: 200 })
    const asked = one.ask()
    while ((await one.calls()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const config: StackOptions['config'] = decide(one.name)
    await stack({ config })
    later = 6_000
    const { status, json } = await asked
    expect([status, (await one.calls()).length]).toEqual([502, 1])
    expect(json.detail).toContain(detail)
  })
})
