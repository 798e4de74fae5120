import {
  type DeadLetterNotice,
  type Delayed,
  delayed,
  type JobMessage,
  MAX_QUEUE_DELAY_MS,
  type QueueName,
} from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { claimChecks } from '@orchestrator/shared/jobs/claim-checks'
import type { NextJob } from '@orchestrator/shared/jobs/ordering'
import { CLOCK_TOLERANCE_MS } from './constants.ts'
import type { TurnDeps } from './deps.ts'
import type { End } from './write-ends.ts'

/**
 * Sends what follows from turns that are written: the next attempt's message with its delay, the notice of a death. Held jobs
 * and long waits stay with the sweep. A send that fails is made good by the sweep, a lost notice by the row itself.
 */
export async function sendFollowUps(deps: TurnDeps, queue: QueueName, written: readonly End[]): Promise<void> {
  const next: Delayed<JobMessage>[] = []
  const notices: DeadLetterNotice[] = []
  for (const { job, item } of written) {
    const { id: jobId, generation, trace } = job
    if (item.event === 'die') notices.push({ kind: 'dead-letter', jobId, generation, trace })
    if ((item.event !== 'retry' && item.event !== 'defer') || item.dueAt === null) continue
    const delayMs = item.dueAt - deps.now()
    if (delayMs <= MAX_QUEUE_DELAY_MS) next.push(delayed<JobMessage>({ kind: 'job', jobId, generation, trace }, delayMs))
  }
  await attempt(deps, 'the next attempts', async () => next.length > 0 && deps.sendJobs(queue, next))
  await attempt(deps, 'the notices of deaths', async () => notices.length > 0 && deps.sendNotices(queue, notices))
}

/**
 * Sends a message again that came a moment before its time. One that is earlier than clocks differ is a duplicate: the job's
 * own message is on its way, and the sweep stands behind it; to send this one too would add a message for each duplicate.
 */
export async function sendLater(deps: TurnDeps, queue: QueueName, message: JobMessage, dueAt: number): Promise<void> {
  const delayMs = dueAt - deps.now()
  if (delayMs > CLOCK_TOLERANCE_MS) return
  await attempt(deps, 'an early message', () => deps.sendJobs(queue, [delayed(message, delayMs)]))
}

/** What sending needs of the world. */
export type SendDeps = Pick<TurnDeps, 'now' | 'sendJobs' | 'logger' | 'report'>

/** Sends jobs that are new or whose turn has come, each to its own queue. */
export async function sendNext(deps: SendDeps, jobs: readonly NextJob[]): Promise<void> {
  for (const [queue, messages] of claimChecks(jobs, deps.now())) {
    await attempt(deps, 'jobs whose turn has come', () => deps.sendJobs(queue, messages))
  }
}

async function attempt(deps: Pick<SendDeps, 'logger' | 'report'>, what: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await send()
  } catch (error) {
    deps.logger.log('warn', 'a message could not be sent', { what, cause: errorMessage(error) })
    deps.report(error, { step: 'send' })
  }
}
