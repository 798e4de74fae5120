import { type ExportVerdict, verifyExport } from '@orchestrator/shared/audit/verify-export'
import type { AuditPublicKey } from '@orchestrator/shared/contracts/audit-api'
import { stat } from 'node:fs/promises'
import { CliError } from '../../cli-error.ts'
import type { Context } from '../../command-env.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import type { Colours } from '../../output/colours.ts'
import { printable } from '../../output/printable.ts'
import { bar, createProgress } from '../../output/progress.ts'
import { counted, shortTime } from '../../output/time.ts'
import { readLines } from './read-lines.ts'

/** Checks an export without the service. */
export async function verifyFile(context: Context, file: string, keys: readonly AuditPublicKey[]): Promise<ExitCode> {
  const { io, json, colours, print } = context
  const there = await stat(file)
  if (there.isDirectory()) throw new CliError(`${file}: this is a folder`, { code: 'EISDIR' })
  const progress = createProgress(io, json)
  const lines = readLines(file, (bytes) => progress.show(`${file}: ${bar(megabytes(bytes), megabytes(there.size))} MB`))
  const verdict = await verifyExport(lines, { publicKey: keys })
  progress.clear()
  print({ file, ...verdict }, () => (verdict.ok ? sayWhole(file, verdict, colours) : sayBroken(file, verdict, colours)))
  return verdict.ok ? EXIT.ok : EXIT.found
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000)
}

function sayWhole(file: string, verdict: Extract<ExportVerdict, { ok: true }>, { added, bold }: Colours): string {
  const { rows, head, exportedAt, filters, keyId, trusted, notes } = verdict
  const asked = Object.entries(filters).map(([name, value]) => `${name}=${value}`)
  return [
    `${added(bold('Whole:'))} ${file} has ${counted(rows, 'row')}, as the service wrote them.`,
    `  exported   ${shortTime(exportedAt)} UTC${asked.length > 0 ? `, only ${printable(asked.join(', '))}` : ''}`,
    `  newest     row ${head.seq} of the log, ${head.hash}`,
    `  sealed by  key ${keyId}${trusted ? ', which is the one you gave' : ''}`,
    ...notes.map((note) => `  Note: ${note}`),
    '',
  ].join('\n')
}

function sayBroken(file: string, { rows, problem }: Extract<ExportVerdict, { ok: false }>, { removed, bold }: Colours): string {
  const title = `${removed(bold('Not as the service wrote it:'))} ${file}:${problem.line}: ${printable(problem.message)}`
  return `${title}\n  ${counted(rows, 'row')} before that ${rows === 1 ? 'is' : 'are'} in order.\n`
}
