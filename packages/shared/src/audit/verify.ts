import type { AuditRow } from '../db/control-schema.ts'
import { GENESIS_HASH, hashRow } from './row.ts'

export interface ChainHead {
  seq: number
  hash: string
}

/** `gap`: a row is missing or out of order. `link`: it does not point at the row before it. `content`: it was changed. */
export type ChainVerdict =
  | { ok: true; checked: number; head: ChainHead }
  | { ok: false; seq: number; broken: 'gap' | 'link' | 'content' }

/** Checks a run of the chain, oldest first. `after` is the head it continues; without one it must be the very beginning. */
export async function verifyChain(
  rows: readonly AuditRow[],
  after: ChainHead = { seq: 0, hash: GENESIS_HASH },
): Promise<ChainVerdict> {
  let head = after
  for (const row of rows) {
    if (row.seq !== head.seq + 1) return { ok: false, seq: row.seq, broken: 'gap' }
    if (row.prevHash !== head.hash) return { ok: false, seq: row.seq, broken: 'link' }
    if (row.hash !== (await hashRow(row.prevHash, row))) return { ok: false, seq: row.seq, broken: 'content' }
    head = { seq: row.seq, hash: row.hash }
  }
  return { ok: true, checked: rows.length, head }
}
