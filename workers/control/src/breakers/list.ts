import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector } from '@orchestrator/shared/contracts/connector'
import type { BreakerList, BreakerStates, BreakerView } from '@orchestrator/shared/contracts/gates-api'
import type { CircuitBreakerPolicy } from '@orchestrator/shared/contracts/policy'
import { toTime, toTimeOrNull } from '@orchestrator/shared/core/time'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { createParts } from '../overview/parts.ts'
import { policiesOfConnector } from '../policies/of-connector.ts'
import type { BreakerDeps } from './deps.ts'
import { lastTransitions, type Transition } from './queries.ts'

interface Deps extends BreakerDeps {
  logger: Logger
  configInForce(): Promise<ConfigSnapshot>
  shardNumbered(number: number): Shard | undefined
}

/** How many are asked how they stand; a call has not many more subrequests. */
const MAX_ASKED = 500

/**
 * Every connector with a breaker: what it is set to, which needs CONTROL_DB alone, and how it stands, as far as execution and the
 * logs say so within a second. What they do not say is null, and named.
 */
export async function listBreakers(deps: Deps): Promise<BreakerList> {
  const config = await deps.configInForce()
  const guarded = config.connectors.flatMap((connector) => breakerOf(connector, config) ?? [])
  const { part, unavailable } = createParts(deps.logger, 'how breakers stand cannot be told')
  const asked = guarded.slice(0, MAX_ASKED).map(({ connector, settings }) => ({ connector: connector.id, policy: settings }))
  const shards = config.settings.liveShards.flatMap((number) => deps.shardNumbered(number) ?? [])
  const [states, ...logs] = await Promise.all([
    part('execution', async () => (asked.length > 0 ? deps.breakerStates({ breakers: asked }) : {})),
    ...shards.map((shard) => part(shard.name, () => shard.read(lastTransitions))),
  ])
  const live: BreakerStates['breakers'] = states ?? {}
  const last = newest(logs.flatMap((log) => log ?? []))
  const items = guarded.map((one) => toView(one, config, live, last))
  // Those that execution could not ask, or was not asked about, are unknown like those of an execution that is down.
  if (!unavailable.includes('execution') && guarded.some(({ connector }) => !live[connector.id])) unavailable.push('execution')
  return { items, configRevision: config.revision, unavailable: unavailable.toSorted() }
}

interface Guarded {
  connector: Connector
  /** Which policy sets its breaker. */
  policy: string
  settings: CircuitBreakerPolicy
}

/** The breaker of a connector as its own policy sets it; where that has none, as a policy of its operations or routes does. */
function breakerOf(connector: Connector, config: ConfigSnapshot): Guarded | undefined {
  for (const { id, circuitBreaker } of policiesOfConnector(connector, config)) {
    if (circuitBreaker) return { connector, policy: id, settings: circuitBreaker }
  }
  return undefined
}

function toView(
  { connector: { id, breakerResetAt }, policy, settings }: Guarded,
  { breakerOverrides, pauses }: ConfigSnapshot,
  live: BreakerStates['breakers'],
  last: ReadonlyMap<string, Transition>,
): BreakerView {
  const event = last.get(id)
  return {
    connector: id,
    policy,
    forced: breakerOverrides.find(({ connector }) => connector === id)?.state ?? null,
    paused: pauses.some((pause) => pause.kind === 'connector' && pause.id === id),
    resetAt: toTimeOrNull(breakerResetAt),
    settings,
    live: live[id] ?? null,
    lastEvent: event ? { type: event.type, at: toTime(event.at) } : null,
  }
}

function newest(transitions: readonly Transition[]): Map<string, Transition> {
  return new Map(transitions.toSorted((a, b) => a.at - b.at).map((one) => [one.connector, one]))
}
