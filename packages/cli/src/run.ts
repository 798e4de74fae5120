import { CommanderError } from '@commander-js/extra-typings'
import { CliError } from './cli-error.ts'
import type { CommandEnv } from './command-env.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Io } from './io.ts'
import { printError } from './output/print-error.ts'
import { createProgram } from './program.ts'

/** Runs one command line (without `node orc`), and answers how the process is to end. Never rejects. */
export async function runOrc(args: readonly string[], io: Io): Promise<ExitCode> {
  const env: CommandEnv = { io, exitCode: EXIT.ok }
  try {
    const program = await createProgram(env, args)
    await program.parseAsync([...args], { from: 'user' })
    return env.exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok
    // Its help has been shown instead.
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') return EXIT.usage
    const error = toCliError(thrown)
    printError(io, error, asksForJson(args))
    return error.exitCode
  }
}

function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown
  if (thrown instanceof CommanderError) {
    const message = thrown.message
      .replace(/^error: /, '')
      .replaceAll('\n', ' ')
      .trim()
    return new CliError(message, {
      code: 'usage',
      exitCode: EXIT.usage,
      hint: 'orc --help, and --help of each command, tell more.',
    })
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (isSystemError(thrown)) return new CliError(explainFile(thrown), { code: thrown.code, cause: thrown })
  return new CliError(`Something in orc is wrong: ${message}`, {
    code: 'internal_error',
    hint: 'Please report it.',
    cause: thrown,
  })
}

interface SystemError extends Error {
  code: string
  path?: string
}

/** A file that is not there, or may not be written. */
function isSystemError(thrown: unknown): thrown is SystemError {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown && typeof thrown.code === 'string'
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this may not be read or written by you',
  EISDIR: 'this is a folder',
  EEXIST: 'this is there already: an earlier run left it, or another one is at it',
  ENOSPC: 'the disk is full',
}

function explainFile({ code, path, message }: SystemError): string {
  const problem = FILE_PROBLEMS[code]
  return problem && path !== undefined ? `${path}: ${problem}` : message
}

/** Errors of the command line come before its options are known. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? undefined : end).includes('--json')
}
