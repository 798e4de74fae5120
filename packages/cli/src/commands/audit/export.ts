import { auditFilters } from '@orchestrator/shared/contracts/audit-api'
import { Option } from '@commander-js/extra-typings'
import type { Readable } from 'node:stream'
import { CliError, usageError } from '../../cli-error.ts'
import { type CommandEnv, type Context, type Parent, run } from '../../command-env.ts'
import { EXIT } from '../../exit-codes.ts'
import { writeWhole } from '../../files.ts'
import { readTime } from '../../list-options.ts'
import { createProgress } from '../../output/progress.ts'
import { counted } from '../../output/time.ts'
import { createTail } from './tail.ts'

/** Addresses and reasons of people are in it. */
const FILE_MODE = 0o600
const SHOW_EVERY_MS = 100

const HELP = `
JSON Lines (the default) can be checked by anybody, without the service: orc audit verify FILE. CSV is for spreadsheets. A file is
there whole, or not at all.

Examples:
  $ orc audit export audit.jsonl
  $ orc audit export november.csv --format csv --from 2026-11-01 --to 2026-12-01
  $ orc audit export --actor admin@example.com --action 'provider.*' | jq .target`

type Format = 'jsonl' | 'csv'

/** `orc audit export [FILE]`: streams the audit log. */
export function addExport(group: Parent, env: CommandEnv): void {
  group
    .command('export')
    .description('write the audit log, or what of it fits, to stdout or to a file')
    .argument('[file]', 'where to; stdout without')
    .addOption(new Option('--format <format>', 'which').choices(['jsonl', 'csv'] as const).default('jsonl' as const))
    .option('--actor <id>', 'of this person or service token')
    .option('--action <action>', 'such as provider.updated, or provider.*')
    .option('--target <target>', "such as provider:stripe, or 'provider:*'")
    .option('--from <time>', 'from this time on: 2026-11-30T08:00:00Z, 2026-11-30, or 24h for a day ago')
    .option('--to <time>', 'before this time')
    .option('--text <text>', 'somewhere in reason, target, before or after')
    .option('--impersonation <id>', 'of this impersonation, or of any')
    .addHelpText('after', HELP)
    .action((file, { format, ...asked }, command) =>
      run(env, command, async (context) => {
        if (file === undefined && context.json) throw usageError('stdout holds the export itself: --json needs a file')
        const now = context.io.now()
        const filters = readFilters({ ...asked, from: readTime('--from', asked.from, now), to: readTime('--to', asked.to, now) })
        const query = { ...filters, format }
        const accept = format === 'csv' ? 'text/csv' : 'application/jsonl'
        const body = await context.client.stream({ method: 'GET', path: '/v1/audit/export', query, accept })
        if (file === undefined) return toStdout(context, body, format)
        return toFile(context, body, format, file)
      }),
    )
}

function readFilters(asked: Record<string, string | undefined>): Record<string, string | undefined> {
  const parsed = auditFilters.safeParse(asked)
  if (parsed.success) return parsed.data
  throw usageError(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '))
}

async function toStdout({ io }: Context, body: Readable, format: Format): Promise<void> {
  const tail = createTail()
  for await (const chunk of whole(body)) {
    tail.take(chunk)
    io.out.write(chunk)
    await io.out.drained()
  }
  refuseUnfinished(tail.last(), format)
}

async function toFile(context: Context, body: Readable, format: Format, file: string): Promise<void> {
  const { io, json, print } = context
  const progress = createProgress(io, json)
  const tail = createTail()
  let interrupted = false
  const release = io.onInterrupt(() => {
    interrupted = true
    body.destroy()
  })
  try {
    await writeWhole(file, FILE_MODE, async (handle) => {
      let shownAt = 0
      for await (const chunk of whole(body)) {
        tail.take(chunk)
        await handle.writeFile(chunk)
        if (io.now() - shownAt < SHOW_EVERY_MS) continue
        shownAt = io.now()
        progress.show(`${file}: ${amount(tail)}`)
      }
      refuseUnfinished(tail.last(), format)
    })
  } catch (error) {
    if (interrupted)
      throw new CliError(`Interrupted: ${file} was not written`, { code: 'interrupted', exitCode: EXIT.interrupted })
    throw error
  } finally {
    progress.clear()
    release()
  }
  print({ file, format, bytes: tail.bytes, lines: tail.lines }, `${file}: ${amount(tail)}\n`)
}

function amount({ lines, bytes }: { lines: number; bytes: number }): string {
  return `${counted(lines, 'line')}, ${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The pieces as they come; an answer that breaks off is said in words. */
async function* whole(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) yield chunk
  } catch (cause) {
    throw new CliError('The export broke off', {
      code: 'broken_off',
      hint: 'Try again; a filter by time makes it shorter.',
      cause,
    })
  }
}

/** The service ends an export by a line that says so. */
function refuseUnfinished(lastLine: string, format: Format): void {
  if (format === 'csv' || lastLine.startsWith('{"line":"end"')) return
  throw new CliError('The export has no last line: the service broke it off', { code: 'broken_off', hint: 'Try again.' })
}
