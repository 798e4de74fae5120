import type { JobView } from '@orchestrator/shared/contracts/execution-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { isId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import { readClientJob } from '@orchestrator/shared/jobs/client-jobs'
import { toJobView } from '@orchestrator/shared/jobs/client-jobs-view'
import type { JobsDeps } from './deps.ts'

/**
 * One job of a client with its attempts and its result.
 * @throws AppError 404 where there is none with this id, or it is another client's.
 */
export async function getJob(deps: Pick<JobsDeps, 'now' | 'shardOf'>, client: string, id: string): Promise<JobView> {
  const found = await shardOfJob(deps, id).read((db) => readClientJob(db, client, id))
  if (!found) throw noSuchJob(id)
  return toJobView(found.row, found.attempts, deps.now())
}

/** @throws AppError 404 for what is no id of a job. */
export function shardOfJob(deps: Pick<JobsDeps, 'shardOf'>, id: string): Shard {
  const shard = isId('job', id) ? deps.shardOf(id) : undefined
  if (!shard) throw noSuchJob(id)
  return shard
}

export function noSuchJob(id: string): AppError {
  return new AppError('not_found', `This client has no job “${id}”.`)
}
