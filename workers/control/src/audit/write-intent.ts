import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { recordOutcome } from './record-outcome.ts'
import { unknownOutcome } from './unknown-outcome.ts'

interface Deps {
  now(): number
  logger: Logger
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
}

/** What is about to be done, as the audit log has it. */
export interface Intent {
  /** Of its row. */
  seq: number
  /**
   * Does it in one shard. `look` names where to see what came of it.
   * @throws AppError 503 where the shard does not answer: then nothing may be concluded.
   */
  act<T>(shard: Shard, look: string, work: (db: D1Database) => Promise<T>): Promise<T>
  /** Writes what came of it. Answers the sequence of that row; that of the intent, where it cannot be written. */
  conclude(action: AuditEntryInput['action'], after: unknown): Promise<number>
}

/** Writes into the audit log what is about to be done. What came of it is told with the same words but for `after`. */
export async function writeIntent(deps: Deps, entry: Omit<AuditEntryInput, 'intentSeq'>): Promise<Intent> {
  const { seq } = await deps.appendAudit({ ...entry, intentSeq: null })
  return {
    seq,
    async act(shard, look, work) {
      try {
        return await shard.write(work)
      } catch (error) {
        throw unknownOutcome(error, shard.name, seq, look)
      }
    },
    async conclude(action, after) {
      const outcome = await recordOutcome(deps, { ...entry, at: deps.now(), action, intentSeq: seq, after })
      return outcome?.seq ?? seq
    },
  }
}
