import { PAUSE_EVERY_MS, WARN_EVERY_MS } from './constants.ts'

/** What an isolate remembers of connectors that fail, so that it neither writes nor warns with every call: data only. */
export interface AutoPauseState {
  /** By connector, when its pause was last tried, ms. */
  triedAt: Map<string, number>
  /** By connector, which of the policy's `warnAfterMs` was warned of, and when, ms. */
  warnedAt: Map<string, Map<number, number>>
}

export function createAutoPauseState(): AutoPauseState {
  return { triedAt: new Map(), warnedAt: new Map() }
}

/** Whether the pause may be tried now; if so that is remembered. */
export function mayPause(state: AutoPauseState, connector: string, now: number): boolean {
  forgetBefore(state.triedAt, now - PAUSE_EVERY_MS)
  if (state.triedAt.has(connector)) return false
  state.triedAt.set(connector, now)
  return true
}

/** The warnings that were given within the hour. */
export function warned(state: AutoPauseState, connector: string, now: number): number[] {
  for (const [other, warnings] of state.warnedAt) {
    forgetBefore(warnings, now - WARN_EVERY_MS)
    if (warnings.size === 0) state.warnedAt.delete(other)
  }
  return [...(state.warnedAt.get(connector)?.keys() ?? [])]
}

export function rememberWarning(state: AutoPauseState, connector: string, afterMs: number, now: number): void {
  const warnings = state.warnedAt.get(connector) ?? new Map<number, number>()
  state.warnedAt.set(connector, warnings.set(afterMs, now))
}

function forgetBefore(times: Map<string | number, number>, at: number): void {
  for (const [key, time] of times) if (time <= at) times.delete(key)
}
