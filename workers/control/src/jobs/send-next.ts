import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { claimChecks } from '@orchestrator/shared/jobs/claim-checks'
import type { NextJob } from '@orchestrator/shared/jobs/ordering'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

interface Deps {
  now(): number
  logger: Logger
  sendJob(queue: QueueName, message: JobMessage, delaySeconds?: number): Promise<void>
}

/** Sends jobs whose turn has come to their own queues. What cannot be sent the sweep finds when its grace is over. */
export async function sendNext(deps: Deps, jobs: readonly NextJob[]): Promise<void> {
  for (const [queue, messages] of claimChecks(jobs, deps.now())) {
    for (const { body, delaySeconds } of messages) {
      try {
        await deps.sendJob(queue, body, delaySeconds)
      } catch (error) {
        const { jobId } = body
        const cause = errorMessage(error)
        deps.logger.log('warn', 'the message of a job whose turn has come could not be sent; the sweep will', { jobId, cause })
      }
    }
  }
}
