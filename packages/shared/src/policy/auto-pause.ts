import type { AutoPausePolicy } from '../contracts/policy.ts'

/** What a connector's failing asks for. `failingForMs` is how long it has lasted. */
export type AutoPauseDecision =
  | { kind: 'nothing' }
  /** `afterMs` of the policy's `warnAfterMs` has passed. */
  | { kind: 'warn'; afterMs: number; failingForMs: number }
  | { kind: 'pause'; failingForMs: number }

/**
 * Every call of a connector has failed since `failingSince`: is that worth a warning, or is it enough? What failed before
 * somebody took its pause away (`resumedAt`) counts no more. Of several warnings that are due only the last is given, and none
 * that stands in `warned` (values of `warnAfterMs`). All times in ms.
 */
export function decideAutoPause(
  policy: AutoPausePolicy | null,
  failing: { failingSince: number; resumedAt: number | null; now: number; warned: readonly number[] },
): AutoPauseDecision {
  if (!policy) return { kind: 'nothing' }
  const failingForMs = failing.now - Math.max(failing.failingSince, failing.resumedAt ?? 0)
  if (failingForMs >= policy.afterMs) return { kind: 'pause', failingForMs }
  const due = policy.warnAfterMs.filter((afterMs) => afterMs <= failingForMs)
  const afterMs = Math.max(...due)
  return due.length === 0 || failing.warned.includes(afterMs) ? { kind: 'nothing' } : { kind: 'warn', afterMs, failingForMs }
}
