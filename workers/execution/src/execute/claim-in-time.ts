import { DeadlineError, withDeadline } from '@orchestrator/shared/core/clock'
import type { ClaimOutcome } from '@orchestrator/shared/idempotency/claim'

/**
 * Waits for a claim, `ms` at most. One that comes true later has nobody who would call, so its key is given back: else all who ask
 * again would wait for a request that is over, and then hear that its outcome is unknown.
 * @throws what the claim does, or a `DeadlineError`.
 */
export async function claimInTime(
  claiming: Promise<ClaimOutcome>,
  ms: number,
  giveBack: () => Promise<void>,
  keep: (work: Promise<unknown>) => void,
): Promise<ClaimOutcome> {
  try {
    return await withDeadline(claiming, ms, 'DATA')
  } catch (error) {
    // An error of D1 may hide that the row is there.
    if (error instanceof DeadlineError) keep(claiming.then(giveBack, giveBack).catch(() => undefined))
    throw error
  }
}
