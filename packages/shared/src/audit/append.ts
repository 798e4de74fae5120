import { fullJitter } from '../core/backoff.ts'
import { sleep as realSleep, type Sleep } from '../core/clock.ts'
import { AppError, errorMessage } from '../core/errors.ts'
import type { Random } from '../core/ids.ts'
import { AUDIT_COLUMNS, columnList } from '../db/columns.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { isTransientD1Error } from '../db/retry.ts'
import { type AuditEntryInput, GENESIS_HASH, hashRow, toUnhashedRow } from './row.ts'

/** With 50 writers at once, 300 ms of jitter needed at most 11 tries (simulated); the bound is far above that. */
const MAX_JITTER_MS = 300
const MAX_TRIES = 40

const INSERT = `INSERT INTO audit_log (${columnList(AUDIT_COLUMNS)}) VALUES (${AUDIT_COLUMNS.map(() => '?').join(', ')})`

export interface AppendTiming {
  sleep: Sleep
  random: Random
}

/**
 * Appends to the chain and returns the row. `extra` are statements that commit together with the row, or not at all. The
 * sequence is the primary key, so of two writers one loses, reads the head again and goes on.
 * @throws AppError `unavailable` when the log stays busy; whatever D1 throws otherwise.
 */
export async function appendAudit(
  db: D1Database,
  entry: AuditEntryInput,
  extra: (seq: number) => readonly D1PreparedStatement[] = () => [],
  timing: AppendTiming = { sleep: realSleep, random: Math.random },
): Promise<AuditRow> {
  let uncertain: AuditRow | undefined
  for (let tries = 1; ; tries++) {
    let row: AuditRow | undefined
    try {
      if (uncertain && (await hashAt(db, uncertain.seq)) === uncertain.hash) return uncertain
      uncertain = undefined
      row = await nextRow(db, entry)
      await db.batch([db.prepare(INSERT).bind(...AUDIT_COLUMNS.map((column) => row?.[column] ?? null)), ...extra(row.seq)])
      return row
    } catch (error) {
      // A lost race wrote nothing; a lost connection may have hidden a commit, so the next round looks for the row first.
      if (!isLostRace(error)) {
        if (!isTransientD1Error(error)) throw error
        uncertain = row ?? uncertain
      }
      if (tries >= MAX_TRIES) throw new AppError('unavailable', 'The audit log is too busy right now.', { cause: error })
      await timing.sleep(fullJitter(MAX_JITTER_MS, timing.random))
    }
  }
}

async function nextRow(db: D1Database, entry: AuditEntryInput): Promise<AuditRow> {
  const head = await db
    .prepare('SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1')
    .first<{ seq: number; hash: string }>()
  const prevHash = head?.hash ?? GENESIS_HASH
  const row = toUnhashedRow((head?.seq ?? 0) + 1, entry)
  return { ...row, prevHash, hash: await hashRow(prevHash, row) }
}

function hashAt(db: D1Database, seq: number): Promise<string | null> {
  return db.prepare('SELECT hash FROM audit_log WHERE seq = ?').bind(seq).first<string>('hash')
}

function isLostRace(error: unknown): boolean {
  return errorMessage(error).includes('UNIQUE constraint failed: audit_log.seq')
}
