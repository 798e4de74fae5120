import { auditExportLine, type AuditExportLine } from '../contracts/audit-api.ts'
import { parseJsonText } from '../verification/parsed-body.ts'
import type { ExportEnd, ExportRow, ExportStart } from './export-lines.ts'

/**
 * Reads lines exactly as they are written: a line that says the same in other words was touched. What it says is written
 * again by the contract, so a field more, another order or another spelling makes a difference.
 */
function readExact(text: string): AuditExportLine | undefined {
  const parsed = auditExportLine.safeParse(parseJsonText(text))
  return parsed.success && JSON.stringify(parsed.data) === text ? parsed.data : undefined
}

/** The first line; `undefined` when it is none. */
export function readStart(text: string): ExportStart | undefined {
  const line = readExact(text)
  return line?.line === 'export' ? line : undefined
}

/** A row; `undefined` when it is none. */
export function readRow(text: string): ExportRow | undefined {
  const line = readExact(text)
  return line?.line === 'row' ? line : undefined
}

/** The last line; `undefined` when it is none. */
export function readEnd(text: string): ExportEnd | undefined {
  if (!text.startsWith('{"line":"end"')) return undefined
  const line = readExact(text)
  return line?.line === 'end' ? line : undefined
}

/** The sequence in a line that may be broken otherwise; null when there is none. */
export function seqIn(text: string): number | null {
  const seq = /"seq":(\d{1,15})[,}]/.exec(text)?.[1]
  return seq === undefined ? null : Number(seq)
}
