/** Checks an export of the audit log without the service that made it: pure, one line at a time, in constant memory. */
import type { AuditPublicKey, SignedHead } from '../contracts/audit-api.ts'
import { ExportDigest, type ExportEnd, type ExportRow, type ExportStart, isSealedBy } from './export-lines.ts'
import { type ExportProblem, problemOf } from './export-problem.ts'
import { readEnd, readRow, readStart, seqIn } from './read-export-line.ts'
import { GENESIS_HASH, hashRow, type UnhashedRow } from './row.ts'
import { isHeadSignedBy } from './signed-head.ts'
import { keyIdOf } from './signing-key.ts'
import type { ChainHead } from './verify.ts'

export interface VerifyExportOptions {
  /** The keys you keep elsewhere: today's and former ones. Without any, a file proves only that it agrees with itself. */
  publicKey?: AuditPublicKey | readonly AuditPublicKey[] | undefined
}

export type ExportVerdict =
  | {
      ok: true
      rows: number
      exportedAt: string
      filters: Record<string, string>
      /** The newest row of the log when the export began. */
      head: ChainHead
      signedHead: SignedHead | null
      /** Of the key that sealed the file. */
      keyId: string
      /** Whether that key is one you gave, and not just the one that came with the file. */
      trusted: boolean
      /** What the file does not prove, in words. */
      notes: string[]
    }
  | { ok: false; rows: number; problem: ExportProblem }

/** Says of the lines of an export (without line ends) whether anything was changed, taken away, put in or moved, and where. */
export async function verifyExport(lines: AsyncIterable<string>, options: VerifyExportOptions = {}): Promise<ExportVerdict> {
  const { publicKey = [] } = options
  const check = new ExportCheck('kty' in publicKey ? [publicKey] : publicKey)
  let line = 0
  for await (const text of lines) {
    line++
    const problem = await check.take(line, text)
    if (problem) return { ok: false, rows: check.rows, problem }
  }
  return check.verdict(line)
}

class ExportCheck {
  rows = 0
  readonly #pinned: readonly AuditPublicKey[]
  readonly #digest = new ExportDigest()
  readonly #notes: string[] = []
  #start: ExportStart | undefined
  #keyId = ''
  /** The row before; null when it is not known, because a filter left it out. */
  #last: ChainHead | null = { seq: 0, hash: GENESIS_HASH }
  #lastSeq = 0
  #ended = false
  #blankLine = 0

  constructor(pinned: readonly AuditPublicKey[]) {
    this.#pinned = pinned
  }

  async take(line: number, text: string): Promise<ExportProblem | undefined> {
    if (this.#blankLine > 0) return problemOf.malformed(this.#blankLine, null)
    if (text === '') {
      // The very last line may be empty: the file's end after its last line end.
      this.#blankLine = line
      return undefined
    }
    if (this.#ended) return problemOf.afterEnd(line)
    if (!this.#start) return this.#takeStart(line, text)
    const end = readEnd(text)
    if (end) return this.#takeEnd(line, this.#start, end)
    const row = readRow(text)
    if (!row) return problemOf.malformed(line, seqIn(text))
    const problem = await this.#takeRow(line, this.#start, row)
    if (!problem) this.#digest.add(text)
    return problem
  }

  verdict(lines: number): ExportVerdict {
    const start = this.#start
    if (!start) return { ok: false, rows: 0, problem: problemOf.empty() }
    if (!this.#ended) return { ok: false, rows: this.rows, problem: problemOf.noEnd(lines, this.#lastSeq + 1) }
    const { exportedAt, filters, head, signedHead } = start
    const found = { exportedAt, filters, head, signedHead, keyId: this.#keyId, trusted: this.#pinned.length > 0 }
    return { ok: true, rows: this.rows, ...found, notes: this.#notes }
  }

  async #takeStart(line: number, text: string): Promise<ExportProblem | undefined> {
    const start = readStart(text)
    if (!start) return problemOf.noStart(line)
    const { publicKey, signedHead, head, filters } = start
    try {
      this.#keyId = await keyIdOf(publicKey)
    } catch {
      return problemOf.noKey(line)
    }
    if (this.#pinned.length === 0) this.#notes.push(NOTES.notPinned)
    else if (!this.#pinned.some((key) => key.x === publicKey.x)) return problemOf.otherKey(line, this.#keyId)
    if (Object.keys(filters).length > 0) this.#notes.push(this.#pinned.length > 0 ? NOTES.filtered : NOTES.filteredUnproven)
    if (signedHead === null) this.#notes.push(NOTES.noSignedHead)
    else {
      const problem = await this.#takeSignedHead(line, signedHead, publicKey)
      if (problem) return problem
      if (signedHead.seq > head.seq) return problemOf.truncatedLog(line, head.seq + 1, signedHead.seq)
    }
    this.#start = start
    this.#digest.add(text)
    return undefined
  }

  async #takeSignedHead(line: number, head: SignedHead, own: AuditPublicKey): Promise<ExportProblem | undefined> {
    for (const key of [own, ...this.#pinned]) {
      if (await isHeadSignedBy(key, head)) return undefined
    }
    if (head.keyId === this.#keyId || this.#pinned.length > 0) return problemOf.headSignature(line, head)
    this.#notes.push(`The newest signed head was signed with the former key ${head.keyId}, which the file does not hold.`)
    return undefined
  }

  async #takeRow(line: number, start: ExportStart, row: ExportRow): Promise<ExportProblem | undefined> {
    const { seq, hash } = row
    const filtered = Object.keys(start.filters).length > 0
    if (seq <= this.#lastSeq) return problemOf.order(line, seq, this.#lastSeq)
    if (seq > start.head.seq) return problemOf.beyondHead(line, seq, start.head.seq)
    const follows = seq === this.#lastSeq + 1
    if (!follows && !filtered) return problemOf.gap(line, seq, this.#lastSeq + 1)
    if (follows && this.#last && row.prevHash !== this.#last.hash) return problemOf.link(line, seq)
    if (hash !== (await hashRow(row.prevHash, row as UnhashedRow))) return problemOf.content(line, seq)
    if (seq === start.signedHead?.seq && hash !== start.signedHead.hash) return problemOf.rewritten(line, seq)
    if (seq === start.head.seq && hash !== start.head.hash) return problemOf.otherHead(line, seq)
    this.#last = { seq, hash }
    this.#lastSeq = seq
    this.rows++
    return undefined
  }

  async #takeEnd(line: number, start: ExportStart, end: ExportEnd): Promise<ExportProblem | undefined> {
    const filtered = Object.keys(start.filters).length > 0
    if (!filtered && this.#lastSeq < start.head.seq) return problemOf.cutOff(line, this.#lastSeq + 1, start.head.seq)
    if (end.rows !== this.rows) return problemOf.count(line, end.rows, this.rows)
    if (end.seal.keyId !== this.#keyId || !(await isSealedBy(start.publicKey, this.#digest, end))) return problemOf.seal(line)
    this.#ended = true
    return undefined
  }
}

const NOTES = {
  notPinned:
    'The public key came with the file, so this proves only that the file agrees with itself: check it with the key you keep elsewhere.',
  filtered: 'A filter left rows out: that it left out no others is proven by the seal only, not by the chain.',
  filteredUnproven: 'A filter left rows out: each row is as it was written, but not that none is missing.',
  noSignedHead: 'No signed head came with the file: what was in the log before is proven by the seal only.',
}
