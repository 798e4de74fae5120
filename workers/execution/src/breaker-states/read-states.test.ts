import { breakerStates, type BreakerStatesRequest } from '@orchestrator/shared/contracts/gates-api'
import { describe, it } from 'vitest'
import { breakerPolicy } from '../testing/gates.ts'
import { readBreakerStates } from './read-states.ts'

const LOOK = { state: 'closed' as const, successes: 1, failures: 0, openUntil: null, failingSince: null }

function ask(breakers: BreakerStatesRequest['breakers'], look = async () => LOOK): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const request = new Request('https://execution.internal/', { method: 'POST', headers, body: JSON.stringify({ breakers }) })
  return readBreakerStates({ look }, request)
}

describe('how breakers stand', () => {
  it('is told of as many as may be asked about, of the longest names too', async ({ expect }) => {
    const policy = { ...breakerPolicy, countAsFailure: Array.from({ length: 20 }, (_, n) => `${500 + n}`) }
    const asked = Array.from({ length: 500 }, (_, n) => ({ connector: `c${n}`.padEnd(63, '-x'), policy }))
    const { breakers } = breakerStates.parse(await (await ask(asked)).json())
    expect(Object.keys(breakers)).toHaveLength(500)
    expect(breakers[asked[499]!.connector]).toEqual(LOOK)
  })

  it('is null of one that does not say', async ({ expect }) => {
    const answer = await ask([{ connector: 'billing', policy: breakerPolicy }], () => Promise.reject(new Error('away')))
    expect(await answer.json()).toEqual({ breakers: { billing: null } })
  })
})
