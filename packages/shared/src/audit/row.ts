import type { Actor, AuditAction, Door, Role } from '../contracts/audit.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { sha256Hex } from '../core/bytes.ts'
import { withoutSecrets } from './without-secrets.ts'

/** What the first row has for the hash of the row before it. */
export const GENESIS_HASH = '0'.repeat(64)

/** What somebody did, as callers tell it. Times in ms. */
export interface AuditEntryInput {
  at: number
  actor: Actor
  role: Role | null
  door: Door
  action: AuditAction
  target: string
  reason: string | null
  /** The sequence of the intent this entry concludes. */
  intentSeq: number | null
  before: unknown
  after: unknown
  ip: string | null
  requestId: string
}

export type UnhashedRow = Omit<AuditRow, 'hash' | 'prevHash'>

/** The row of an entry at its place in the chain. */
export function toUnhashedRow(seq: number, entry: AuditEntryInput): UnhashedRow {
  return {
    seq,
    at: entry.at,
    actorKind: entry.actor.kind,
    actorId: entry.actor.id,
    role: entry.role,
    door: entry.door,
    action: entry.action,
    target: entry.target,
    reason: entry.reason,
    intentSeq: entry.intentSeq,
    before: toJson(entry.before),
    after: toJson(entry.after),
    ip: entry.ip,
    requestId: entry.requestId,
  }
}

/**
 * The canonical form of a row: a JSON array without spaces of its columns in this order, numbers as numbers, absent values
 * as null, `before` and `after` as the very text that is stored. Changing it breaks every chain that exists.
 */
export function canonicalRow(row: UnhashedRow): string {
  return JSON.stringify([
    row.seq,
    row.at,
    row.actorKind,
    row.actorId,
    row.role,
    row.door,
    row.action,
    row.target,
    row.reason,
    row.intentSeq,
    row.before,
    row.after,
    row.ip,
    row.requestId,
  ])
}

/** `SHA-256(prev_hash ‖ canonical row)`, both as UTF-8, in lower-case hex. */
export async function hashRow(prevHash: string, row: UnhashedRow): Promise<string> {
  return sha256Hex(prevHash + canonicalRow(row))
}

function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(withoutSecrets(value))
}
