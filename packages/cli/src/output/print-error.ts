import { type CliError, toProblem } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { coloursOf } from './colours.ts'
import { printable } from './printable.ts'

/** Says on stderr what went wrong and what to do; with `json` as one line with the problem document. */
export function printError(io: Pick<Io, 'err' | 'env'>, error: CliError, json: boolean): void {
  if (json) {
    io.err.write(`${JSON.stringify(toProblem(error))}\n`)
    return
  }
  const { bold, removed } = coloursOf(io, io.err)
  const lines = error.lines.map((line) => `  ${printable(line)}\n`).join('')
  const hint = error.hint === undefined ? '' : `→ ${error.hint}\n`
  io.err.write(`${removed(bold('orc:'))} ${printable(error.message)}\n${lines}${hint}`)
}
