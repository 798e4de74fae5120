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
  /** Cloudflare's id of the request. */
  ray?: string | null
  /** While the actor acts as somebody else: `client:<id>` or `role:<role>`. */
  impersonation?: { id: string; actingAs: string } | null
}

/** Of the canonical form that new rows get. */
const VERSION = 2

export type UnhashedRow = Omit<AuditRow, 'hash' | 'prevHash'>

/** The row of an entry at its place in the chain. Text that is no well-formed Unicode would be read back as another one than was hashed. */
export function toUnhashedRow(seq: number, entry: AuditEntryInput): UnhashedRow {
  return {
    seq,
    at: entry.at,
    actorKind: entry.actor.kind,
    actorId: entry.actor.id.toWellFormed(),
    role: entry.role,
    door: entry.door,
    action: entry.action,
    target: entry.target.toWellFormed(),
    reason: wellFormed(entry.reason),
    intentSeq: entry.intentSeq,
    before: toJson(entry.before),
    after: toJson(entry.after),
    ip: wellFormed(entry.ip),
    requestId: entry.requestId.toWellFormed(),
    v: VERSION,
    ray: wellFormed(entry.ray),
    impersonation: wellFormed(entry.impersonation?.id),
    actingAs: wellFormed(entry.impersonation?.actingAs),
  }
}

/**
 * The canonical form of a row: a JSON array without spaces of its columns in this order, numbers as numbers, absent values
 * as null, `before` and `after` as the very text that is stored. Rows of version 1 end with the request's id, and have
 * nothing in the columns that came later; later ones begin with their version. Changing what is here breaks every chain that exists.
 */
export function canonicalRow(row: UnhashedRow): string {
  const first = [
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
  ]
  const later = [row.ray, row.impersonation, row.actingAs]
  return JSON.stringify(row.v === 1 && later.every((value) => value === null) ? first : [row.v, ...first, ...later])
}

/** `SHA-256(prev_hash ‖ canonical row)`, both as UTF-8, in lower-case hex. */
export async function hashRow(prevHash: string, row: UnhashedRow): Promise<string> {
  return sha256Hex(prevHash + canonicalRow(row))
}

function wellFormed(text: string | null | undefined): string | null {
  return text?.toWellFormed() ?? null
}

function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(withoutSecrets(value)).toWellFormed()
}
