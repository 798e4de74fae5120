import { CliError, usageError } from '../cli-error.ts'
import type { Context } from '../command-env.ts'

/** Goes on only with a yes: given by `--yes`, or on the terminal. */
export async function confirm({ io, json }: Pick<Context, 'io' | 'json'>, question: string, yes: boolean): Promise<void> {
  if (yes) return
  if (json || !io.canAsk)
    throw usageError('This has to be confirmed, and nobody can be asked here', 'Look at the plan first, then add --yes.')
  const answer = (await io.ask(`${question} [y/N] `)).trim().toLowerCase()
  if (answer !== 'y' && answer !== 'yes') throw new CliError('Nothing was done.', { code: 'declined' })
}
