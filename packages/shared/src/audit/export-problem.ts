/** What can be wrong with an export of the audit log, where, and how it is said. */
import type { SignedHead } from '../contracts/audit-api.ts'

export type ExportProblemKind =
  /** A line is not as an export writes it. */
  | 'malformed'
  /** A row stands twice, or not in its place. */
  | 'order'
  /** Rows are missing before this one. */
  | 'gap'
  /** A row does not point at the row before it. */
  | 'link'
  /** A row does not have the hash that its content gives. */
  | 'content'
  /** The chain agrees with itself, but not with the head that was signed: it was written anew. */
  | 'rewritten'
  /** The newest row is another one than the export began with. */
  | 'head'
  /** Rows are missing at the end, or the file's own end is. */
  | 'truncated'
  | 'count'
  | 'key'
  /** The signed head was not signed by a key you trust. */
  | 'signature'
  /** The file as a whole is not what the service wrote. */
  | 'seal'

export interface ExportProblem {
  kind: ExportProblemKind
  /** Of the file, from 1. */
  line: number
  /** The row concerned; null when it cannot be told. */
  seq: number | null
  message: string
}

const problem = (kind: ExportProblemKind, line: number, seq: number | null, message: string): ExportProblem => ({
  kind,
  line,
  seq,
  message,
})

export const problemOf = {
  malformed: (line: number, seq: number | null) =>
    problem('malformed', line, seq, 'This line is not as an export writes it: it was changed.'),
  empty: () => problem('malformed', 1, null, 'The file is empty.'),
  noStart: (line: number) => problem('malformed', line, null, 'This is not the first line of an export of the audit log.'),
  noKey: (line: number) => problem('key', line, null, 'The public key in the first line is not an Ed25519 key.'),
  afterEnd: (line: number) => problem('malformed', line, null, 'Something stands after the last line of the export.'),
  order: (line: number, seq: number, last: number) =>
    problem('order', line, seq, `Row ${seq} stands after row ${last}: it was put in, doubled or moved.`),
  beyondHead: (line: number, seq: number, head: number) =>
    problem('order', line, seq, `Row ${seq} is newer than the newest row of the export, ${head}: it was put in.`),
  gap: (line: number, seq: number, first: number) =>
    problem('gap', line, first, `${range(first, seq - 1)} missing before row ${seq}: taken away or moved.`),
  link: (line: number, seq: number) =>
    problem('link', line, seq, `Row ${seq} does not point at the row before it: one of the two was replaced.`),
  content: (line: number, seq: number) => problem('content', line, seq, `Row ${seq} was changed: its hash does not fit it.`),
  rewritten: (line: number, seq: number) =>
    problem(
      'rewritten',
      line,
      seq,
      `Row ${seq} is not the one whose hash was signed: row ${seq} or rows before it were written anew.`,
    ),
  otherHead: (line: number, seq: number) =>
    problem('head', line, seq, `Row ${seq} is not the newest row that the export began with.`),
  truncatedLog: (line: number, seq: number, signed: number) =>
    problem(
      'truncated',
      line,
      seq,
      `The export ends before row ${signed}, whose hash was signed: the end of the log is missing.`,
    ),
  cutOff: (line: number, seq: number, head: number) => problem('truncated', line, seq, `${range(seq, head)} missing at the end.`),
  noEnd: (lines: number, seq: number) =>
    problem('truncated', lines + 1, seq, 'The file has no last line: it was cut off, or the export broke off.'),
  count: (line: number, said: number, found: number) =>
    problem('count', line, null, `The export had ${said} rows, the file has ${found}: rows were taken away or put in.`),
  otherKey: (line: number, keyId: string) =>
    problem('key', line, null, `The export was sealed with the key ${keyId}, which is none of those you trust.`),
  headSignature: (line: number, head: SignedHead) =>
    problem('signature', line, head.seq, `The signed head is not signed by a key you trust; it names the key ${head.keyId}.`),
  seal: (line: number) => problem('seal', line, null, 'The seal does not fit the file: something in it was changed.'),
}

function range(first: number, last: number): string {
  return first === last ? `Row ${first} is` : `Rows ${first} to ${last} are`
}
