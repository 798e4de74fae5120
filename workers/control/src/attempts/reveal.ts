import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { RevealedAttempt } from '@orchestrator/shared/contracts/work-api'
import { parseLogId } from '@orchestrator/shared/core/ids'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { AuditContext } from '../audit/audit-context.ts'
import { readLog } from '../lists/by-seq.ts'
import { excerptOf } from './to-api.ts'

interface Deps {
  shardNumbered(number: number): Shard | undefined
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
}

/** What the upstream answered to one call, of `/execute` too; audited before it is shown. `undefined` where there is no such attempt. */
export async function revealAttempt(
  deps: Deps,
  by: AuditContext,
  id: string,
  reason: string,
): Promise<RevealedAttempt | undefined> {
  const place = parseLogId(id)
  const shard = place?.kind === 'att' ? deps.shardNumbered(place.shard) : undefined
  if (!place || !shard) return undefined
  const [row] = await shard.read((db) => readLog(db, [place.seq]))
  if (row?.kind !== 'attempt') return undefined
  const responseExcerpt = excerptOf(row)
  const after = { attempt: responseExcerpt !== null }
  const entry = { ...by, action: 'payload.revealed' as const, target: id, reason, intentSeq: null, before: null, after }
  const { seq: auditSeq } = await deps.appendAudit(entry)
  return { attemptId: id, responseExcerpt, auditSeq }
}
