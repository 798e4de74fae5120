import type { BreakerStanding } from '@orchestrator/shared/contracts/breaker'
import { type BreakerStates, breakerStatesRequest, type LiveBreaker } from '@orchestrator/shared/contracts/gates-api'
import type { CircuitBreakerPolicy } from '@orchestrator/shared/contracts/policy'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import { readJson } from '@orchestrator/shared/http/read-json'

/** Below the second that control waits for all of them, ms. */
const DEADLINE_MS = 700
/** As many breakers as may be asked about, under the longest policies, bytes. */
const MAX_REQUEST_BYTES = 1_048_576

export interface StatesDeps {
  look(connector: string, policy: CircuitBreakerPolicy): Promise<BreakerStanding>
}

/** How breakers stand, each asked at the same time. One that does not answer is null, and holds up no other. */
export async function readBreakerStates(deps: StatesDeps, request: Request): Promise<Response> {
  const { breakers } = breakerStatesRequest.parse(await readJson(request, MAX_REQUEST_BYTES))
  const all = breakers.map(async ({ connector, policy }) => [connector, await stateOf(deps, connector, policy)] as const)
  return Response.json({ breakers: Object.fromEntries(await Promise.all(all)) } satisfies BreakerStates)
}

async function stateOf(deps: StatesDeps, connector: string, policy: CircuitBreakerPolicy): Promise<LiveBreaker | null> {
  try {
    const { openUntil, failingSince, ...rest } = await withDeadline(deps.look(connector, policy), DEADLINE_MS, 'the breaker')
    return { ...rest, openUntil: toTimeOrNull(openUntil), failingSince: toTimeOrNull(failingSince) }
  } catch {
    return null
  }
}
