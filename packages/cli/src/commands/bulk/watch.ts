import { type BulkOperation, bulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { CliError } from '../../cli-error.ts'
import { type CommandEnv, type Context, type Parent, run } from '../../command-env.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { bar, createProgress, type Progress, remaining } from '../../output/progress.ts'
import { isAtRest, processedOf, showOperation } from './show-operation.ts'

const ASK_EVERY_MS = 1_000
/** The operation goes on while control is away for a moment, as it is when it is deployed anew. */
const MAX_SILENCE_MS = 120_000

const HELP = `
Ctrl-C stops the watching, not the operation. It ends with 1 where some failed, or it was stopped, paused or cancelled.

Example:
  $ orc bulk watch blk_0001JD…`

/** `orc bulk watch ID`: shows how far an operation is, until it rests. */
export function addWatch(group: Parent, env: CommandEnv): void {
  group
    .command('watch')
    .description('show how far an operation is, until it is done')
    .argument('<id>', 'of the operation (orc bulk list)')
    .addHelpText('after', HELP)
    .action((id, _options, command) => run(env, command, (context) => watchBulk(context, id)))
}

/** Watches until the operation rests, or Ctrl-C. */
export async function watchBulk(context: Context, id: string): Promise<ExitCode> {
  const { io, json, print } = context
  const progress = createProgress(io, json)
  const interrupt = new AbortController()
  const release = io.onInterrupt(() => interrupt.abort())
  const startedAt = io.now()
  let atStart: number | undefined
  let seen: BulkOperation | undefined
  try {
    while (!interrupt.signal.aborted) {
      const operation = await look(context, progress, id, interrupt.signal)
      if (!operation) break
      seen = operation
      atStart ??= processedOf(operation)
      if (isAtRest(operation)) {
        progress.clear()
        print(operation, () => showOperation(operation))
        return operation.status === 'done' && operation.failed === 0 ? EXIT.ok : EXIT.failure
      }
      progress.show(progressText(operation, atStart, io.now() - startedAt))
      await io.sleep(ASK_EVERY_MS, interrupt.signal)
    }
    progress.clear()
    context.say(howToGoOn(id))
    if (json && seen) print(seen, '')
    return EXIT.interrupted
  } finally {
    progress.clear()
    release()
  }
}

/** Asks how far it is, over a silence that passes; undefined when it is interrupted meanwhile. */
async function look(
  { client, io }: Context,
  progress: Progress,
  id: string,
  signal: AbortSignal,
): Promise<BulkOperation | undefined> {
  const request = { method: 'GET', path: `/v1/bulk-operations/${encodeURIComponent(id)}`, signal } as const
  const startedAt = io.now()
  for (;;) {
    try {
      return await client.json(request, bulkOperation)
    } catch (error) {
      if (signal.aborted) return undefined
      if (!(error instanceof CliError) || !PASSING.has(error.code)) throw error
      if (io.now() - startedAt >= MAX_SILENCE_MS) {
        throw new CliError(error.message, { code: error.code, lines: error.lines, hint: howToGoOn(id), cause: error })
      }
      // The beginning is what a narrow terminal shows.
      progress.show(`Asking again: ${error.message}`)
      await io.sleep(ASK_EVERY_MS, signal)
    }
  }
}

const PASSING = new Set(['no_answer', 'unavailable', 'upstream_unavailable', 'rate_limited', 'internal_error'])

/** `atStart`: how many were behind it when the watching began. */
function progressText(operation: BulkOperation, atStart: number, elapsedMs: number): string {
  const { total, skipped, failed } = operation
  const processed = processedOf(operation)
  const rest = remaining(processed - atStart, total - atStart, elapsedMs)
  return [
    bar(processed, total),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(rest === '' ? [] : [rest]),
  ].join('  ')
}

/** What a person can do who is not watching. */
export function howToGoOn(id: string): string {
  return [
    'It goes on by itself.',
    `  watch   orc bulk watch ${id}`,
    `  pause   orc bulk pause ${id} --reason TEXT`,
    `  cancel  orc bulk cancel ${id} --reason TEXT`,
  ].join('\n')
}
