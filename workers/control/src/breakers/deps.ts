import { type BreakerStatesRequest, breakerStates, type BreakerStates } from '@orchestrator/shared/contracts/gates-api'
import { PROBE_DEADLINE_MS } from '@orchestrator/shared/http/probes'
import { postToNeighbour } from '../deadlines.ts'
import type { ControlEnv } from '../env.ts'

export interface BreakerDeps {
  /** How breakers stand, as execution says. @throws AppError 503 when it does not say so within a second. */
  breakerStates(asked: BreakerStatesRequest): Promise<BreakerStates['breakers']>
}

/** The real function. */
export function createBreakerDeps(env: Pick<ControlEnv, 'BREAKER_STATES'>): BreakerDeps {
  return {
    async breakerStates(asked) {
      const answer = await postToNeighbour('execution', env.BREAKER_STATES, asked, PROBE_DEADLINE_MS)
      return breakerStates.parse(await answer.json()).breakers
    },
  }
}
