import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'
import { shardById, shardByNumber } from '@orchestrator/shared/db/shards'
import { onR2, queueSender, type Telemetry } from '../deps.ts'
import type { Env } from '../env.ts'
import type { JobsDeps } from '../jobs-api/deps.ts'

/** A creation may write ten megabytes in one batch, ms. */
const WRITE_DEADLINE_MS = 10_000

/** The real functions behind the jobs API. */
export function createJobsDeps(
  env: Env,
  { settings }: Pick<ConfigSnapshot, 'settings'>,
  { logger, reporter }: Telemetry,
): JobsDeps {
  return {
    now: Date.now,
    random: Math.random,
    newOwner: () => crypto.randomUUID(),
    writeShard() {
      const shard = shardByNumber(env, settings.writeShard, WRITE_DEADLINE_MS)
      if (!shard) throw new AppError('unavailable', 'The shard that new jobs go to is not bound.')
      return shard
    },
    liveShards: () => settings.liveShards.flatMap((number) => shardByNumber(env, number) ?? []),
    shardOf: (id) => shardById(env, id),
    async writeInput(key, text) {
      await onR2(env.PAYLOADS.put(key, text))
    },
    sendJobs: queueSender(env),
    logger,
    report: (error, tags) => reporter.report(error, tags),
  }
}
