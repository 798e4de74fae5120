import { actor } from '@orchestrator/shared/contracts/audit'
import type { DeadLetter, DeadLetterDetail } from '@orchestrator/shared/contracts/control-api'
import { parseDeadLetterId } from '@orchestrator/shared/core/ids'
import type { Shard } from '@orchestrator/shared/db/shards'
import * as z from 'zod'
import { findClosing, findDeadLetter } from './queries.ts'
import { toDeadLetter } from './to-api.ts'

/** One dead letter by its id (`job_….<generation>`); `undefined` when there is none. */
export async function getDeadLetter(
  deps: { shardOf(id: string): Shard | undefined },
  id: string,
): Promise<DeadLetter | undefined> {
  const key = parseDeadLetterId(id)
  const row = key && (await deps.shardOf(key.jobId)?.read((db) => findDeadLetter(db, key.jobId, key.generation)))
  return row ? toDeadLetter(row) : undefined
}

const closing = z.object({ actor: actor.nullish(), reason: z.string().nullish(), auditSeq: z.int().nullish() })

/** The same with who closed it. */
export async function getDeadLetterDetail(
  deps: { shardOf(id: string): Shard | undefined },
  id: string,
): Promise<DeadLetterDetail | undefined> {
  const letter = await getDeadLetter(deps, id)
  if (!letter) return undefined
  const { jobId, generation, status } = letter
  const found = status === 'open' ? null : await deps.shardOf(jobId)?.read((db) => findClosing(db, jobId, generation))
  const told = found && closing.safeParse(JSON.parse(found.data)).data
  const closedBy = told ? { actor: told.actor ?? null, reason: told.reason ?? null, auditSeq: told.auditSeq ?? null } : null
  return { ...letter, closedBy }
}
