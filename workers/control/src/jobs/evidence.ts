import type { Attempt, Event, JobEvidence } from '@orchestrator/shared/contracts/control-api'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { LEASE_GRACE_MS } from '@orchestrator/shared/jobs/constants'

/** Events after which nobody knows what came of the call that was under way. */
const LOST = new Set(['job.lease_expired', 'job.resolved'])

/** What tells whether a job is stuck. `longestAttemptMs` is what a lease covers, by the configuration in force. */
export function evidenceOf(
  job: JobRow,
  known: { attempts: readonly Attempt[]; events: readonly Event[]; now: number; longestAttemptMs: number },
): JobEvidence {
  const { attempts, events, now, longestAttemptMs } = known
  const leaseEnded = job.leaseUntil !== null && job.leaseUntil < now
  const last = attempts.at(-1)
  const lost = events.findLast(({ type, data }) => LOST.has(type) && data['interrupted'] !== false)
  // An attempt is written when it has ended: what was lost after the last one left none.
  const lostSince = lost !== undefined && (last === undefined || lost.at > last.startedAt)
  return {
    claimedAt: toTimeOrNull(job.leaseUntil === null ? null : job.leaseUntil - LEASE_GRACE_MS - longestAttemptMs),
    leaseUntil: toTimeOrNull(job.leaseUntil),
    leaseEnded,
    outcomeUnknown: (job.state === 'running' && leaseEnded) || lostSince || last?.outcome === 'unknown',
    lostLeases: job.lostLeases,
    nativeDeaths: job.nativeDeaths,
    resends: job.resends,
    nextLookAt: toTimeOrNull(job.wakeAt),
  }
}
