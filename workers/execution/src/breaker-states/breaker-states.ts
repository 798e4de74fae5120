import { WorkerEntrypoint } from 'cloudflare:workers'
import { parseEnv } from '../env.ts'
import { readBreakerStates } from './read-states.ts'

/** Control's door, which no host leads to: operators look at how breakers stand. */
export class BreakerStates extends WorkerEntrypoint<unknown> {
  override fetch(request: Request): Promise<Response> {
    const { CIRCUIT_BREAKER: breakers } = parseEnv(this.env)
    const look = async (...[connector, policy]: Parameters<Parameters<typeof readBreakerStates>[0]['look']>) =>
      breakers.get(breakers.idFromName(connector)).look(policy)
    return readBreakerStates({ look }, request)
  }
}
