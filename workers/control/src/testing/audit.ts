import { deriveAuditKey } from '@orchestrator/shared/audit/signing-key'
import { readTip } from '@orchestrator/shared/audit/read-chain'
import { hashRow } from '@orchestrator/shared/audit/row'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import { AUDIT_COLUMNS, columnList, selectList } from '@orchestrator/shared/db/columns'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { env } from 'cloudflare:workers'
import { createDeps } from '../deps.ts'
import { parseEnv } from '../env.ts'
import { bindings } from './harness.ts'

const db = bindings.CONTROL_DB

/** What the tasks of the minute work with. */
export const taskDeps = createDeps(parseEnv(env), createLogger({ worker: 'control' }))

/** The key of these tests (`AUDIT_SIGNING_KEY` in vitest.config.ts). */
export const auditKey = await deriveAuditKey('audit_signing_key_development_only')

/** An entry as an operator leaves it. */
export const entry = (changes: Partial<AuditEntryInput> = {}): AuditEntryInput => ({
  at: Date.now(),
  actor: { kind: 'user', id: 'operator@example.com' },
  role: 'operator',
  door: 'control',
  action: 'connector.paused',
  target: 'connector:billing',
  reason: 'because',
  intentSeq: null,
  before: null,
  after: null,
  ip: null,
  requestId: 'req_1',
  ...changes,
})

/** The newest row's sequence. */
export const tipSeq = async (): Promise<number> => (await readTip(db))?.seq ?? 0

/** All rows from a sequence on, oldest first. */
export async function rowsFrom(seq: number): Promise<AuditRow[]> {
  const sql = `SELECT ${selectList(AUDIT_COLUMNS)} FROM audit_log WHERE seq >= ? ORDER BY seq`
  return (await db.prepare(sql).bind(seq).all<AuditRow>()).results
}

/** Does to the log what its API never does, looks at what comes of it, and puts everything back. */
export async function tampered<T>(tamper: () => Promise<unknown>, look: () => Promise<T>): Promise<T> {
  const rows = await rowsFrom(1)
  try {
    await tamper()
    return await look()
  } finally {
    await db.prepare('DELETE FROM audit_log').run()
    await insertRows(rows)
  }
}

/** Writes rows as they are. */
export async function insertRows(rows: readonly AuditRow[]): Promise<void> {
  const insert = db.prepare(
    `INSERT INTO audit_log (${columnList(AUDIT_COLUMNS)}) VALUES (${AUDIT_COLUMNS.map(() => '?').join(', ')})`,
  )
  for (let i = 0; i < rows.length; i += 500) {
    await db.batch(rows.slice(i, i + 500).map((row) => insert.bind(...AUDIT_COLUMNS.map((column) => row[column]))))
  }
}

/** Changes a row, and computes it and all that follow anew: what somebody does who knows how the chain is made. */
export async function rewriteFrom(seq: number, changes: Partial<AuditRow>): Promise<void> {
  const rows = await rowsFrom(seq - 1)
  let prevHash = rows[0]!.hash
  const rewritten: AuditRow[] = []
  for (const row of rows.slice(1)) {
    const changed = row.seq === seq ? { ...row, ...changes } : row
    const hash = await hashRow(prevHash, changed)
    rewritten.push({ ...changed, prevHash, hash })
    prevHash = hash
  }
  await db.prepare('DELETE FROM audit_log WHERE seq >= ?').bind(seq).run()
  await insertRows(rewritten)
}

/** So many rows more, linked as the log links them, but faster. */
export async function growChain(count: number): Promise<void> {
  const [last] = await rowsFrom(await tipSeq())
  const rows: AuditRow[] = []
  for (let previous = last!; rows.length < count; previous = rows.at(-1)!) {
    const row = { ...previous, seq: previous.seq + 1, intentSeq: null, prevHash: previous.hash, target: `t${previous.seq}` }
    rows.push({ ...row, hash: await hashRow(previous.hash, row) })
  }
  await insertRows(rows)
}

/** The lines of an answer. */
export async function* linesOf(response: Response): AsyncGenerator<string> {
  for (const line of new TextDecoder().decode(await response.arrayBuffer()).split('\n')) yield line
}
