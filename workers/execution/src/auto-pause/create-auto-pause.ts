import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { Clock } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { decideAutoPause } from '@orchestrator/shared/policy/auto-pause'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { GateTools } from '../gates/gates.ts'
import type { PauseOutcome, PauseRequest } from './pause-connector.ts'
import { type AutoPauseState, mayPause, rememberWarning, warned } from './state.ts'

export interface AutoPauseDeps {
  now: Clock
  newRequestId(): string
  /** Writes a pause into the configuration. */
  pause(request: PauseRequest): Promise<PauseOutcome>
  logger: Logger
  report(error: unknown, tags?: Record<string, string>): void
}

/** Where a call was made, and what it lends: events, and time after the answer. */
export interface CallPlace {
  connector: string
  policy: Pick<Policy, 'autoPause'>
  /** The configuration in force, which knows when a pause was last taken away. */
  config: Pick<ConfigSnapshot, 'connectors' | 'pauses'>
  tools: Pick<GateTools, 'emit' | 'keep'>
}

export interface AutoPause {
  /** Every call of the connector has failed since `failingSince`, ms: warns of it, and pauses it after the policy's time. */
  onFailing(place: CallPlace, failingSince: number): void
  /** The receiver asked to be called no more. Paused at once, unless the policy lets nobody but people pause. */
  onDisable(place: CallPlace): void
}

/** Pauses connectors that fail for days. Nothing here is awaited by a call, and nothing throws: it is told after the fact. */
export function createAutoPause(state: AutoPauseState, deps: AutoPauseDeps): AutoPause {
  return {
    onFailing(place, failingSince) {
      const { connector, policy, tools } = place
      const now = deps.now()
      const decide = (resumedAt: number | null, at: number) =>
        decideAutoPause(policy.autoPause, { failingSince, resumedAt, now: at, warned: warned(state, connector, at) })
      const decision = decide(resumedAtOf(place), now)
      if (decision.kind === 'warn') {
        const { afterMs, failingForMs } = decision
        rememberWarning(state, connector, afterMs, now)
        const data = { connector, failingSince, failingForMs, afterMs, pausedAfterMs: policy.autoPause?.afterMs }
        tools.emit({ type: 'connector.failing', data })
      }
      if (decision.kind !== 'pause' || isPaused(place) || !mayPause(state, connector, now)) return
      const reason = `every call has failed since ${new Date(failingSince).toISOString()}`
      const isDue = (resumedAt: number | null) => decide(resumedAt, now).kind === 'pause'
      tools.keep(pause(place, { reason, isDue, failingSince }, now))
    },
    onDisable(place) {
      const { connector, policy, tools } = place
      const now = deps.now()
      const reason = 'the receiver asked to be called no more (webhook-delivery: disable)'
      if (!policy.autoPause) {
        if (warned(state, connector, now).includes(0)) return
        rememberWarning(state, connector, 0, now)
        tools.emit({ type: 'connector.failing', data: { connector, reason } })
      } else if (!isPaused(place) && mayPause(state, connector, now)) {
        const isDue = (resumedAt: number | null) => (resumedAt ?? 0) < now
        tools.keep(pause(place, { reason, isDue, failingSince: null }, now))
      }
    },
  }

  async function pause(
    { connector, tools }: CallPlace,
    { failingSince, ...why }: Pick<PauseRequest, 'reason' | 'isDue'> & { failingSince: number | null },
    at: number,
  ): Promise<void> {
    try {
      const outcome = await deps.pause({ connector, ...why, at, requestId: deps.newRequestId() })
      if (outcome === 'kept') return
      deps.logger.log('warn', 'a connector was paused', { connector, reason: why.reason })
      tools.emit({ type: 'connector.auto_paused', data: { connector, reason: why.reason, failingSince } })
    } catch (error) {
      deps.logger.log('error', 'a connector could not be paused', { connector, cause: errorMessage(error) })
      deps.report(error, { step: 'auto-pause', connector })
    }
  }
}

function resumedAtOf({ connector, config }: CallPlace): number | null {
  return config.connectors.find(({ id }) => id === connector)?.resumedAt ?? null
}

function isPaused({ connector, config }: CallPlace): boolean {
  return config.pauses.some(({ kind, id }) => kind === 'connector' && id === connector)
}
