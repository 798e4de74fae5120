import { fullJitter } from '../core/backoff.ts'
import { sleep as realSleep, type Sleep, withDeadline } from '../core/clock.ts'
import { AppError, errorMessage } from '../core/errors.ts'
import type { Random } from '../core/ids.ts'
import { AUDIT_COLUMNS, columnList } from '../db/columns.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { isTransientD1Error } from '../db/retry.ts'
import { namingReconciled } from './late-outcome.ts'
import { Turns } from './turns.ts'
import { type AuditEntryInput, GENESIS_HASH, hashRow, toUnhashedRow } from './row.ts'

/** With 50 writers at once, 300 ms of jitter needed at most 11 tries (simulated); the bound is far above that. */
const MAX_JITTER_MS = 300
const MAX_TRIES = 40
/** A log that is busy is waited for; a database that hangs is not, ms. */
const STATEMENT_DEADLINE_MS = 3_000

const INSERT = `INSERT INTO audit_log (${columnList(AUDIT_COLUMNS)}) VALUES (${AUDIT_COLUMNS.map(() => '?').join(', ')})`

export interface AppendTiming {
  sleep: Sleep
  random: Random
  /** Those of this isolate. */
  turns?: Turns
}

const REAL_TIMING: AppendTiming = { sleep: realSleep, random: Math.random, turns: new Turns(Date.now) }

/** What a change of CONTROL_DB writes, and what its caller wants back. Without an entry nothing is written. */
export interface AuditedChange<T> {
  entry: AuditEntryInput | null
  /** Commit together with the entry, or not at all. */
  statements: readonly D1PreparedStatement[]
  value: T
}

interface Written<T> {
  row: AuditRow
  value: T
}

/**
 * Changes CONTROL_DB together with its audit row. The row's sequence is the lock: `decide` reads after the head was read, so
 * if anything changed meanwhile, the sequence is taken, and it decides again. It may throw an `AppError` that says why not;
 * it must not act. `seq` is the place that the row would have.
 * @throws AppError `unavailable` when the log stays busy; whatever D1 throws otherwise.
 */
export async function changeAudited<T>(
  db: D1Database,
  decide: (seq: number) => Promise<AuditedChange<T>>,
  timing: AppendTiming = REAL_TIMING,
): Promise<{ row: AuditRow | null; value: T }> {
  const uncertain: Written<T>[] = []
  for (let tries = 1; ; tries++) {
    let written: Written<T> | undefined
    // Full jitter is half of it as a rule.
    const giveBack = await timing.turns?.take((ms) => timing.sleep(fullJitter(2 * ms, timing.random)))
    try {
      const head = await inTime(readHead(db))
      // In this order: one that commits after it was looked for takes the sequence that follows this head away.
      const committed = await findCommitted(db, uncertain)
      if (committed) return committed
      const { entry, statements, value } = await decide(head.seq + 1)
      if (entry === null) return (await findCommitted(db, uncertain)) ?? { row: null, value }
      const row = await toRow(head, entry)
      written = { row, value }
      await inTime(
        db.batch([
          db.prepare(INSERT).bind(...AUDIT_COLUMNS.map((column) => row[column] ?? null)),
          ...statements,
          ...intentStatements(db, row),
        ]),
      )
      return written
    } catch (error) {
      // A lost race wrote nothing; a lost connection may have hidden a commit, which may still be under way.
      if (!isLostRace(error)) {
        if (error instanceof AppError || !isTransientD1Error(error)) {
          // It may have decided on what it changed itself.
          const committed = await findCommitted(db, uncertain)
          if (committed) return committed
          throw error
        }
        if (written) uncertain.push(written)
      }
      giveBack?.()
      if (tries >= MAX_TRIES) throw new AppError('unavailable', 'The audit log is too busy right now.', { cause: error })
      await timing.sleep(fullJitter(MAX_JITTER_MS, timing.random))
    } finally {
      giveBack?.()
    }
  }
}

/** That of the tries without an answer which was written all the same: no more than one can be. */
async function findCommitted<T>(db: D1Database, tries: readonly Written<T>[]): Promise<Written<T> | undefined> {
  for (const one of tries) {
    if ((await inTime(hashAt(db, one.row.seq))) === one.row.hash) return one
  }
  return undefined
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return withDeadline(work, STATEMENT_DEADLINE_MS, 'CONTROL_DB')
}

/** Appends one entry to the chain and returns its row. `extra` are statements that commit together with it, or not at all. */
export async function appendAudit(
  db: D1Database,
  entry: AuditEntryInput,
  extra: (seq: number) => readonly D1PreparedStatement[] = () => [],
  timing: AppendTiming = REAL_TIMING,
): Promise<AuditRow> {
  const decide = async (seq: number) => ({
    entry: await inTime(namingReconciled(db, entry)),
    statements: extra(seq),
    value: null,
  })
  const { row } = await changeAudited(db, decide, timing)
  if (!row) throw new Error('an entry makes a row')
  return row
}

/** An intent is open until its outcome is written: a reconciler looks after those whose writer died in between. */
function intentStatements(db: D1Database, row: AuditRow): D1PreparedStatement[] {
  if (row.intentSeq !== null) return [db.prepare('DELETE FROM open_intents WHERE seq = ?').bind(row.intentSeq)]
  if (!/[._]requested$/.test(row.action)) return []
  return [db.prepare('INSERT INTO open_intents (seq, at) VALUES (?, ?)').bind(row.seq, row.at)]
}

interface Head {
  seq: number
  hash: string
}

async function readHead(db: D1Database): Promise<Head> {
  const head = await db.prepare('SELECT seq, hash FROM audit_log WHERE seq > 0 ORDER BY seq DESC LIMIT 1').first<Head>()
  return head ?? { seq: 0, hash: GENESIS_HASH }
}

async function toRow(head: Head, entry: AuditEntryInput): Promise<AuditRow> {
  const row = toUnhashedRow(head.seq + 1, entry)
  return { ...row, prevHash: head.hash, hash: await hashRow(head.hash, row) }
}

function hashAt(db: D1Database, seq: number): Promise<string | null> {
  return db.prepare('SELECT hash FROM audit_log WHERE seq = ?').bind(seq).first<string>('hash')
}

/** A seed publishes a revision without an audit row, so its number may be taken as well. */
function isLostRace(error: unknown): boolean {
  return /UNIQUE constraint failed: (?:audit_log\.seq|config_revisions\.revision)/.test(errorMessage(error))
}
