import type { BulkOperationRow } from '@orchestrator/shared/db/data-schema'
import { BULK_OPERATION_COLUMNS, columnList, selectList } from '@orchestrator/shared/db/columns'
import { retryD1 } from '@orchestrator/shared/db/retry'
import { type Operation, toOperation } from './operation.ts'
import type { Progress } from './step.ts'

const INSERT = `INSERT OR IGNORE INTO bulk_operations (${columnList(BULK_OPERATION_COLUMNS)})
VALUES (${BULK_OPERATION_COLUMNS.map((_, n) => `?${n + 1}`).join(', ')})`

/** Writes a new operation, once. */
export async function insertOperation(db: D1Database, row: BulkOperationRow): Promise<void> {
  await retryD1(() =>
    db
      .prepare(INSERT)
      .bind(...BULK_OPERATION_COLUMNS.map((column) => row[column] ?? null))
      .run(),
  )
}

const READ = `SELECT ${selectList(BULK_OPERATION_COLUMNS)} FROM bulk_operations WHERE id = ?`

export async function readOperation(db: D1Database, id: string): Promise<Operation | undefined> {
  const row = await db.prepare(READ).bind(id).first<BulkOperationRow>()
  return row ? toOperation(row) : undefined
}

/** ?2 position as read, ?3 as it is now, ?4 done, ?5 skipped, ?6 failed, ?7 status, ?8 now, ?9 wake, ?10 error. What people decided stands. */
const SAVE = `UPDATE bulk_operations SET position = ?3, done = done + ?4, skipped = skipped + ?5, failed = failed + ?6,
  finished_at = iif(status = 'running' AND ?7 = 'done', ?8, finished_at), wake_at = iif(status = 'running', ?9, wake_at),
  status = iif(status = 'running', ?7, status), last_error = ?10
WHERE id = ?1 AND position IS ?2`

/**
 * Writes what a step did, where the position is still the one that it began with. Not repeated by itself: an answer that was lost
 * reads as a step that is to be done again, and that counts nothing twice.
 */
export async function saveProgress(db: D1Database, operation: Operation, progress: Progress): Promise<boolean> {
  const { position, done, skipped, failed, status, now, wakeAt, lastError } = progress
  const text = JSON.stringify(position)
  const saved = await db
    .prepare(SAVE)
    .bind(operation.id, operation.positionText, text, done, skipped, failed, status, now, wakeAt, lastError)
    .run()
  return saved.meta.changes === 1
}

/** Nothing more is to be done by itself, where nobody changed its status since it was read. */
export async function rest(db: D1Database, { id, status }: Operation): Promise<void> {
  const sql = 'UPDATE bulk_operations SET wake_at = NULL WHERE id = ? AND status = ?'
  await retryD1(() => db.prepare(sql).bind(id, status).run())
}

/** What a person decides. */
export interface Decision {
  status: 'paused' | 'running' | 'cancelled'
  /** In which it can be decided. */
  from: readonly BulkOperationRow['status'][]
  now: number
}

/** One that stopped by itself counts its failures anew from when it is resumed; its row goes on counting them all. */
const COUNTS_ANEW = `iif(?2 = 'running' AND status = 'stopped',
  json_set(position, '$.deaths', json_object('until', CAST(?3 AS INTEGER), 'count', -failed)), position)`
const DECIDE = `UPDATE bulk_operations SET status = ?2, position = ${COUNTS_ANEW},
  finished_at = iif(?2 = 'cancelled', ?3, NULL), wake_at = iif(?2 = 'paused', NULL, ?3)
WHERE id = ?1 AND status IN (SELECT value FROM json_each(?4))`

/**
 * Whether this very decision changed the operation, and the operation as it is then. Not repeated by itself: a second try could not tell
 * what the first one did from what somebody else did.
 */
export async function decide(
  db: D1Database,
  id: string,
  { status, from, now }: Decision,
): Promise<{ changed: boolean; operation: Operation | undefined }> {
  const [decided, read] = await db.batch<BulkOperationRow>([
    db.prepare(DECIDE).bind(id, status, now, JSON.stringify(from)),
    db.prepare(READ).bind(id),
  ])
  const row = read?.results[0]
  return { changed: decided?.meta.changes === 1, operation: row && toOperation(row) }
}

/** Operations whose step should have been taken before a time, ms. The table is small: a row each time that a person decides. */
export async function listOverdue(db: D1Database, before: number): Promise<string[]> {
  const found = await db.prepare('SELECT id FROM bulk_operations WHERE wake_at < ?').bind(before).all<{ id: string }>()
  return found.results.map(({ id }) => id)
}
