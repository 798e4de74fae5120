import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { assertNever } from '@orchestrator/shared/core/result'
import type { Shard } from '@orchestrator/shared/db/shards'
import { cancelMany } from '@orchestrator/shared/jobs/cancel-many'
import { discardMany } from '@orchestrator/shared/jobs/discard-many'
import type { ManyOutcome, ManyRequest } from '@orchestrator/shared/jobs/many'
import { replayMany } from '@orchestrator/shared/jobs/replay-many'
import type { StoredBody } from '@orchestrator/shared/payloads/body'
import type { Key, Operation } from './operation.ts'
import { deadLetterKeys, replayUnder } from './replay-under.ts'
import { replayWebhooks } from './replay-webhooks.ts'

export interface ActDeps {
  now(): number
  config(): Promise<ConfigSnapshot>
  configFor(revision: number): Promise<ConfigSnapshot | undefined>
  configInForce(): Promise<ConfigSnapshot>
  readPayload(stored: StoredBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  newJobId(shard: number, now: number): string
}

/** Does what an operation is about to some of one shard. See `StepDeps.act`. */
export async function act(deps: ActDeps, operation: Operation, shard: Shard, keys: readonly Key[]): Promise<ManyOutcome> {
  const { target } = operation
  const config = await deps.config()
  const request: ManyRequest = {
    bulkId: operation.id,
    reason: operation.reason,
    actor: operation.actor,
    auditSeq: operation.auditSeq,
    now: deps.now(),
    graceMs: config.settings.resendGraceMs,
  }
  switch (target.kind) {
    case 'replay_dead_letters': {
      const { configRevision } = operation
      const replay = { ...request, newKey: target.options.idempotencyKey === 'new' }
      if (configRevision !== null) return replayUnder(deps, shard, keys, { ...replay, configRevision })
      return shard.write((db) => replayMany(db, deadLetterKeys(keys), { ...replay, configRevision }))
    }
    case 'discard_dead_letters':
      return shard.write((db) => discardMany(db, deadLetterKeys(keys), { ...request, startedAt: operation.createdAt }))
    case 'replay_webhooks':
      return replayWebhooks(deps, shard, keys, { ...request, routes: target.routes })
    case 'cancel_jobs': {
      const jobs = keys.map(([id]) => ({ id: String(id), callbackId: deps.newJobId(shard.number, request.now) }))
      return shard.write((db) => cancelMany(db, jobs, request))
    }
    default:
      return assertNever(target)
  }
}
