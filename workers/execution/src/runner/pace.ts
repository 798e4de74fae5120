/**
 * How fast connectors were lately, and the calls in flight: what an isolate remembers, data only. Where Runners happen to run in
 * other isolates it knows less, and slow connectors are met anew.
 */
import { SLOW_FOR_MS } from './constants.ts'

export interface Pace {
  /** By connector, until when it counts as slow, ms. */
  slowUntil: Map<string, number>
  /** By connector and job, until when the call can last at the longest, ms: one whose Runner died is forgotten then. */
  inFlight: Map<string, Map<string, number>>
}

export function createPace(): Pace {
  return { slowUntil: new Map(), inFlight: new Map() }
}

export function noteSlow({ slowUntil }: Pace, connector: string, now: number): void {
  for (const [other, until] of slowUntil) if (until <= now) slowUntil.delete(other)
  slowUntil.set(connector, now + SLOW_FOR_MS)
}

export function isSlow({ slowUntil }: Pace, connector: string, now: number): boolean {
  return (slowUntil.get(connector) ?? 0) > now
}

export function beginCall({ inFlight }: Pace, connector: string, jobId: string, until: number): void {
  inFlight.set(connector, (inFlight.get(connector) ?? new Map<string, number>()).set(jobId, until))
}

export function endCall({ inFlight }: Pace, connector: string, jobId: string): void {
  const calls = inFlight.get(connector)
  calls?.delete(jobId)
  if (calls?.size === 0) inFlight.delete(connector)
}

export function callsInFlight({ inFlight }: Pace, connector: string, now: number): number {
  const calls = inFlight.get(connector)
  if (!calls) return 0
  for (const [jobId, until] of calls) if (until <= now) calls.delete(jobId)
  return calls.size
}
