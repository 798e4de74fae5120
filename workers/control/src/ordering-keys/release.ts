import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { Settings } from '@orchestrator/shared/contracts/config'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import type { ReleaseKeyRequest, ReleaseKeyResponse } from '@orchestrator/shared/contracts/work-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { type Line, readLine, releaseKey } from '@orchestrator/shared/jobs/release-key'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { writeIntent } from '../audit/write-intent.ts'
import { sendNext } from '../jobs/send-next.ts'

interface Deps {
  now(): number
  logger: Logger
  liveShards(): Promise<Shard[]>
  config(): Promise<{ settings: Settings }>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  sendJob(queue: QueueName, message: JobMessage, delaySeconds?: number): Promise<void>
}

/**
 * Lets the jobs of a key pass the dead one that blocks it. That one leaves its place and stays a dead letter: replayed later, it
 * queues up behind whoever is there then. The key may have a line in each database; the first that is blocked is released.
 * @throws AppError 404 where nobody is in line, 409 where no dead job is first.
 */
export async function releaseOrderingKey(
  deps: Deps,
  by: AuditContext,
  { key, jobId, reason }: ReleaseKeyRequest,
): Promise<ReleaseKeyResponse> {
  const { shard, first, waiting } = await findBlocked(deps, key, jobId)
  const { settings } = await deps.config()

  const before = { jobId: first.id, generation: first.generation, status: first.state, waiting, lastError: first.lastError }
  const action = 'ordering_key.release_requested' as const
  const intent = await writeIntent(deps, { ...by, action, target: `ordering-key:${key}`, reason, before, after: null })

  const about = { jobId: first.id, generation: first.generation, reason, actor: by.actor, auditSeq: intent.seq }
  const result = await intent.act(shard, `GET /v1/jobs/${first.id}`, (db) =>
    releaseKey(db, { ...about, now: deps.now(), graceMs: settings.resendGraceMs }),
  )
  if (result.outcome === 'not_blocking') {
    await intent.conclude('ordering_key.release_failed', { outcome: 'not_blocking' })
    throw new AppError('conflict', `The job ${first.id} does not block the key any more.`)
  }
  const { next } = result
  await sendNext(deps, next)
  const ids = next.map(({ id }) => id)
  const released = { passed: [first.id], next: ids }
  return { key, ...released, auditSeq: await intent.conclude('ordering_key.released', released) }
}

async function findBlocked(deps: Deps, key: string, jobId: string | undefined): Promise<Line & { shard: Shard }> {
  let found: Line | undefined
  for (const shard of await deps.liveShards()) {
    const line = await shard.read((db) => readLine(db, key))
    if (line?.first.state === 'dead' && (jobId === undefined || jobId === line.first.id)) return { ...line, shard }
    found ??= line
  }
  if (!found) throw new AppError('not_found', 'No job of this ordering key waits, or blocks it.')
  const { id, state } = found.first
  throw new AppError(
    'conflict',
    `The first job of this key is ${id}, which is ${state}: ${jobId === undefined ? 'it blocks nobody for good' : `not ${jobId}`}.`,
  )
}
