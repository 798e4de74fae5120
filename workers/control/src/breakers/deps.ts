import { type BreakerStatesRequest, breakerStates, type BreakerStates } from '@orchestrator/shared/contracts/gates-api'
import { PROBE_DEADLINE_MS } from '@orchestrator/shared/http/probes'
import { neighbour } from '../deadlines.ts'
import type { ControlEnv } from '../env.ts'

export interface BreakerDeps {
  /** How breakers stand, as execution says. @throws AppError 503 when it does not say so within a second. */
  breakerStates(asked: BreakerStatesRequest): Promise<BreakerStates['breakers']>
}

/** The real function. */
export function createBreakerDeps(env: Pick<ControlEnv, 'BREAKER_STATES'>): BreakerDeps {
  return {
    async breakerStates(asked) {
      const request = new Request('https://breaker-states.internal/', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(asked),
      })
      const answer = await neighbour('execution', env.BREAKER_STATES, request, PROBE_DEADLINE_MS)
      return breakerStates.parse(await answer.json()).breakers
    },
  }
}
