import type { Delayed, JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { newId } from '@orchestrator/shared/core/ids'
import type { ControlEnv } from '../env.ts'

/** What bulk operations need beside the rest. */
export interface BulkDeps {
  /** At most 100 (the limit of `sendBatch`). */
  sendJobs(queue: QueueName, messages: readonly Delayed<JobMessage>[]): Promise<void>
  newBulkId(shard: number, now: number): string
  /** Has the operation's next step taken. */
  wakeRunner(id: string): Promise<void>
}

const SEND_DEADLINE_MS = 5_000
const WAKE_DEADLINE_MS = 2_000

export function createBulkDeps(env: ControlEnv, queues: Record<QueueName, Queue>): BulkDeps {
  return {
    sendJobs: async (queue, messages) =>
      void (await withDeadline(queues[queue].sendBatch(messages), SEND_DEADLINE_MS, `${queue} queue`)),
    newBulkId: (shard, now) => newId('blk', shard, now, Math.random),
    wakeRunner: (id) =>
      withDeadline(env.BULK_RUNNER.get(env.BULK_RUNNER.idFromName(id)).wake(id), WAKE_DEADLINE_MS, 'the runner'),
  }
}
