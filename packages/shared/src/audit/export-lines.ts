/** The lines of an export as they are written and read: compact JSON, with the fields in the order of the contract. */
import type { AuditExportLine, AuditPublicKey } from '../contracts/audit-api.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import { toHex, utf8 } from '../core/bytes.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { type AuditKey, isSignedBy } from './signing-key.ts'

type Line<Kind extends AuditExportLine['line']> = Extract<AuditExportLine, { line: Kind }>
export type ExportStart = Line<'export'>
export type ExportRow = Line<'row'>
export type ExportEnd = Line<'end'>

/** The first line. */
export function startLine(start: Omit<ExportStart, 'line' | 'version'>): string {
  const { exportedAt, filters, head, signedHead, publicKey } = start
  return JSON.stringify({ line: 'export', version: 1, exportedAt, filters, head, signedHead, publicKey })
}

/** One row as a line. */
export function rowLine(row: AuditRow): string {
  const { seq, at, actorKind, actorId, role, door, action, target, reason, intentSeq, before, after, ip, requestId } = row
  const { v, ray, impersonation, actingAs, prevHash, hash } = row
  const first = { line: 'row', seq, at, actorKind, actorId, role, door, action, target, reason, intentSeq, before, after }
  const line = { ...first, ip, requestId, v, ray, impersonation, actingAs, prevHash, hash }
  return JSON.stringify(line satisfies Record<keyof ExportRow, unknown>)
}

/** What a file's lines add up to, in order. Computed at once: a promise for each line of a long file costs ten times as much. */
export class ExportDigest {
  #digest = ''

  add(line: string): void {
    this.#digest = toHex(sha256(utf8(this.#digest + line)))
  }

  /** What is signed once the last line, without its seal, was added. */
  get text(): string {
    return `orchestrator-audit-export\n${this.#digest}`
  }
}

/** The last line, sealed. `digest` is of all lines before it, and is used up. */
export async function endLine(key: AuditKey, digest: ExportDigest, rows: number): Promise<string> {
  const unsealed = { line: 'end', rows }
  digest.add(JSON.stringify(unsealed))
  return JSON.stringify({ ...unsealed, seal: { keyId: key.keyId, signature: await key.sign(digest.text) } })
}

/** Whether a file was sealed by the owner of this key. `digest` is of all lines before the last one, and is used up. */
export async function isSealedBy(publicKey: AuditPublicKey, digest: ExportDigest, end: ExportEnd): Promise<boolean> {
  const { seal, ...unsealed } = end
  digest.add(JSON.stringify(unsealed))
  return isSignedBy(publicKey, seal.signature, digest.text)
}
