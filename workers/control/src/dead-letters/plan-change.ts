import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { DeadLetterReplayRequest, InputDiff } from '@orchestrator/shared/contracts/replay-api'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { AppError, type Issue } from '@orchestrator/shared/core/errors'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { ReplayChange } from '@orchestrator/shared/jobs/replay'
import { MAX_INLINE_INPUT_BYTES, MAX_INPUT_BYTES } from '@orchestrator/shared/operations/constants'
import { inputIssues } from '@orchestrator/shared/operations/input-issues'
import { resolveTarget } from '@orchestrator/shared/operations/resolve-target'
import { findJob } from '../jobs/queries.ts'
import { type InputDeps, sentInput } from '../jobs/sent-input.ts'
import { inputDiff } from './input-diff.ts'

export interface ChangeDeps extends InputDeps {
  /** As it is now, not some seconds ago: who just mended it replays under it. */
  configInForce(): Promise<ConfigSnapshot>
}

/** What a replay changes, worked out and found possible before anything is done. */
export interface PlannedChange {
  configRevision: number | null
  newKey: boolean
  input: { text: string; inline: boolean; diff: InputDiff } | null
}

/** @throws AppError 400 naming the field that cannot be had, 503 where the configuration cannot be read. */
export async function planChange(
  deps: ChangeDeps,
  shard: Shard,
  jobId: string,
  { config: choice, idempotencyKey, input }: DeadLetterReplayRequest,
): Promise<PlannedChange> {
  const newKey = idempotencyKey === 'new'
  const job = choice === 'pinned' && input === undefined ? null : await shard.read((db) => findJob(db, jobId))
  // Where there is no job, the replay finds that out, and says so.
  if (!job) return { configRevision: null, newKey, input: null }
  const config = choice === 'current' ? await deps.configInForce() : await pinned(deps, job.configRevision)
  const target = resolveTarget(config, job)
  if (!target.ok) throw refusal([{ path: 'config', message: `the job cannot go on under it: ${target.error}` }])
  const configRevision = choice === 'current' ? config.revision : null
  if (input === undefined) return { configRevision, newKey, input: null }

  const text = JSON.stringify(input)
  const { byteLength } = utf8(text)
  if (byteLength > MAX_INPUT_BYTES) {
    throw refusal([{ path: 'input', message: `${byteLength} bytes as JSON, where ${MAX_INPUT_BYTES} are the most` }])
  }
  const issues = inputIssues(target.value.operation, input)
  if (issues.length > 0) throw refusal(issues)
  const diff = await inputDiff(await sentInput(deps, shard, job), input)
  return { configRevision, newKey, input: { text, inline: byteLength <= MAX_INLINE_INPUT_BYTES, diff } }
}

/** Where the input lies; a large one has a place of this very replay, so that of two at once none writes over the other's. */
export function changeOf({ input, ...change }: PlannedChange, key: string): ReplayChange {
  if (input === null) return { ...change, input: null }
  return { ...change, input: input.inline ? { input: input.text, inputKey: null } : { input: null, inputKey: key } }
}

async function pinned(deps: ChangeDeps, revision: number): Promise<ConfigSnapshot> {
  const config = await deps.configFor(revision)
  if (config?.revision === revision) return config
  throw new AppError('unavailable', `Revision ${revision} of the configuration cannot be read right now.`, {
    retryAfterSeconds: 10,
  })
}

function refusal(issues: Issue[]): AppError {
  return new AppError('validation_failed', 'The job cannot be replayed like this; see issues.', { issues })
}
