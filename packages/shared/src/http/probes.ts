import type { Readyz } from '../contracts/health.ts'
import { type Clock, DeadlineError, withDeadline } from '../core/clock.ts'

/** A dependency is down when it does not answer within this time, ms. */
export const PROBE_DEADLINE_MS = 1_000

/** What a neighbouring Worker may take for its `/readyz`: it loads its configuration, then asks all that it needs at once, ms. */
export const NEIGHBOUR_DEADLINE_MS = 2 * PROBE_DEADLINE_MS + 500

/** One dependency. `check` answers a detail worth showing, or null, and rejects when the dependency is down. */
export interface Probe {
  name: string
  required: boolean
  check: () => Promise<string | null>
  /** Another deadline than the usual one, ms. */
  deadlineMs?: number
}

export type ProbeResult = Readyz['dependencies'][number]

/** Thrown by a check for a reason that may be shown to anybody. */
export class ProbeFailure extends Error {
  override name = 'ProbeFailure'
}

/** Asks all dependencies at once, each with a deadline. Never rejects. */
export function runProbes(
  probes: readonly Probe[],
  now: Clock,
  onFailure: (name: string, error: unknown) => void,
): Promise<ProbeResult[]> {
  return Promise.all(
    probes.map(async ({ name, required, check, deadlineMs = PROBE_DEADLINE_MS }): Promise<ProbeResult> => {
      const startedAt = now()
      const result = (status: 'up' | 'down', detail: string | null): ProbeResult => ({
        name,
        required,
        status,
        latencyMs: now() - startedAt,
        detail,
      })
      try {
        return result('up', await withDeadline(check(), deadlineMs, name))
      } catch (error) {
        onFailure(name, error)
        return result('down', publicDetail(error, deadlineMs))
      }
    }),
  )
}

/** `unavailable` without something required, `degraded` without something else. */
export function computeReadiness(dependencies: readonly ProbeResult[]): Readyz['status'] {
  const down = dependencies.filter(({ status }) => status === 'down')
  if (down.some(({ required }) => required)) return 'unavailable'
  return down.length > 0 ? 'degraded' : 'ready'
}

/** The answer of `/readyz`: 503 only when the Worker cannot do its work. */
export function readyzResponse(body: Readyz): Response {
  return Response.json(body, { status: body.status === 'unavailable' ? 503 : 200, headers: { 'cache-control': 'no-store' } })
}

/** What went wrong inside stays inside: `/readyz` needs no token. */
function publicDetail(error: unknown, deadlineMs: number): string {
  if (error instanceof ProbeFailure) return error.message
  return error instanceof DeadlineError ? `no answer within ${deadlineMs} ms` : 'failed'
}
