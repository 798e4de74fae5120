import { AppError } from '@orchestrator/shared/core/errors'
import { isId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { type FoundJob, findJob } from './queries.ts'

/** What the audit log keeps of a job as it was before. */
export type JobBefore = Pick<
  FoundJob,
  'generation' | 'queue' | 'connector' | 'operation' | 'attempts' | 'leaseUntil' | 'lastError'
> & { status: FoundJob['state'] }

/** A job that something is to be done with, and what the audit log says of it before. @throws AppError 404 */
export async function findLiveJob(
  deps: { shardOf(id: string): Shard | undefined },
  id: string,
): Promise<{ shard: Shard; job: FoundJob; before: JobBefore }> {
  const shard = isId('job', id) ? deps.shardOf(id) : undefined
  const job = await shard?.read((db) => findJob(db, id))
  if (!shard || !job) throw new AppError('not_found', `There is no job ${id}.`)
  const { state: status, generation, queue, connector, operation, attempts, leaseUntil, lastError } = job
  return { shard, job, before: { status, generation, queue, connector, operation, attempts, leaseUntil, lastError } }
}
