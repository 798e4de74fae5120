import type { QueueName } from '@orchestrator/shared/contracts/queue'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import type { JobFinish } from '@orchestrator/shared/jobs/finish'

/** Claimed jobs that are worked together, each once. Plain data: it goes from one invocation to another. */
export interface JobGroup {
  /** The configuration that the consumer works under; an isolate that has an older one reads it. */
  revision: number
  shard: number
  queue: QueueName
  /** Fencing token of the claim. */
  token: string
  /** The attempt time that the lease allows for, ms. */
  leasedAttemptMs: number
  /** When what has not ended is detached, ms from the beginning; 0: all of it at once. */
  detachAfterMs: number
  jobs: readonly ClaimedJob[]
}

/** Ends that came in time, still to be written. Jobs that are missing are detached: whoever works them writes their ends. */
export type GroupAnswer = readonly JobFinish[]

/** How a group is handed to an invocation of its own. Rejects when that one is lost; then its jobs come back after their lease. */
export interface RunnerRpc {
  run(group: JobGroup): Promise<GroupAnswer>
}
