import { ExportDigest, endLine, rowLine, startLine } from '../audit/export-lines.ts'
import { type AuditEntryInput, GENESIS_HASH, hashRow, toUnhashedRow, type UnhashedRow } from '../audit/row.ts'
import { signHead } from '../audit/signed-head.ts'
import type { AuditKey } from '../audit/signing-key.ts'
import type { SignedHead } from '../contracts/audit-api.ts'
import type { AuditRow } from '../db/control-schema.ts'

const entry: AuditEntryInput = {
  at: 1_700_000_000_000,
  actor: { kind: 'user', id: 'admin@example.com' },
  role: 'admin',
  door: 'console',
  action: 'provider.updated',
  target: 'provider:stripe',
  reason: 'because',
  intentSeq: null,
  before: null,
  after: null,
  ip: '203.0.113.7',
  requestId: 'req_1',
}

/** Links rows to a chain: whoever can write to the log, but has no key, can do the same. */
export async function linkRows(rows: readonly UnhashedRow[]): Promise<AuditRow[]> {
  const linked: AuditRow[] = []
  for (const row of rows) {
    const prevHash = linked.at(-1)?.hash ?? GENESIS_HASH
    linked.push({ ...row, prevHash, hash: await hashRow(prevHash, row) })
  }
  return linked
}

/** A chain of these entries, from the very beginning. */
export function chainOf(entries: readonly Partial<AuditEntryInput>[]): Promise<AuditRow[]> {
  return linkRows(entries.map((changes, i) => toUnhashedRow(i + 1, { ...entry, at: entry.at + i, ...changes })))
}

export interface ExportOptions {
  key: AuditKey
  /** How many of the rows the newest signed head covers, or the head itself. */
  signed: number | SignedHead | null
  filters?: Record<string, string>
  keep?: (row: AuditRow) => boolean
}

/** An export of a chain, as the service writes it. */
export async function exportOf(chain: readonly AuditRow[], options: ExportOptions): Promise<string[]> {
  const { key, signed, filters = {}, keep = () => true } = options
  const last = chain.at(-1)!
  const at = typeof signed === 'number' ? chain[signed - 1]! : undefined
  const signedHead = at ? await signHead(key, at, at.at) : (signed as SignedHead | null)
  const start = { exportedAt: new Date(last.at).toISOString(), filters, head: { seq: last.seq, hash: last.hash }, signedHead }
  const lines = [startLine({ ...start, publicKey: key.publicKey }), ...chain.filter(keep).map(rowLine)]
  const digest = new ExportDigest()
  for (const line of lines) digest.add(line)
  return [...lines, await endLine(key, digest, lines.length - 1)]
}
