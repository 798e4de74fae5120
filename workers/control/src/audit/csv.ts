import { AUDIT_COLUMNS } from '@orchestrator/shared/db/columns'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { toTime } from '@orchestrator/shared/core/time'

/** RFC 4180 ends every line so. */
const LINE_END = '\r\n'

export const CSV_HEADER = AUDIT_COLUMNS.join(',') + LINE_END

/** One row for a spreadsheet: times as text, absent values empty. */
export function csvLine(row: AuditRow): string {
  return AUDIT_COLUMNS.map((column) => cell(column === 'at' ? toTime(row.at) : row[column])).join(',') + LINE_END
}

/** Spreadsheets compute what begins with these; a quote before it makes it text (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
