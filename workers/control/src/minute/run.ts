import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { wakeOverdueRunners } from '../bulk-operations/wake-overdue.ts'
import { reconcileIntents } from '../audit/reconcile-intents.ts'
import { signAuditHead } from '../audit/sign-head.ts'
import { summariseStrangers } from '../audit/summarise-strangers.ts'
import type { Deps } from '../deps.ts'
import { copyNewestRevision } from '../config-revisions/copy-newest.ts'
import { followLogs } from '../last-use/follow-logs.ts'

/** Something that control does each minute without being asked. */
export interface MinuteTask {
  name: string
  /** Repeatable, and safe beside another run of itself: crons may overlap. */
  run: (deps: Deps) => Promise<void>
}

/** One that hangs must not keep the others from their turn, ms. */
const TASK_DEADLINE_MS = 25_000

export const MINUTE_TASKS: readonly MinuteTask[] = [
  { name: 'signed head of the audit log', run: signAuditHead },
  { name: 'open intents', run: reconcileIntents },
  { name: 'refused strangers', run: summariseStrangers },
  { name: 'bulk operations', run: wakeOverdueRunners },
  { name: 'last uses', run: followLogs },
  { name: 'copy of the configuration', run: copyNewestRevision },
]

/** Runs every task, side by side. One that fails is logged and reported, and has its next turn in a minute. */
export async function runMinuteTasks(
  deps: Deps,
  reporter: ErrorReporter,
  tasks: readonly MinuteTask[] = MINUTE_TASKS,
): Promise<void> {
  await Promise.all(
    tasks.map(async ({ name, run }) => {
      try {
        await withDeadline(run(deps), TASK_DEADLINE_MS, name)
      } catch (error) {
        deps.logger.log('error', 'a task of the minute failed', { task: name, cause: errorMessage(error) })
        reporter.report(error, { task: name })
      }
    }),
  )
}
