import { EXIT, type ExitCode } from './exit-codes.ts'

/** What goes to stderr with `--json`: a problem document (RFC 9457), the server's own where there is one. */
export type ProblemDocument = Readonly<Record<string, unknown>> & { title: string; code: string }

export interface CliErrorOptions {
  /** Short and stable, for scripts. */
  code?: string
  /** What to do about it. */
  hint?: string
  exitCode?: ExitCode
  /** Further lines, such as the fields that are wrong. */
  lines?: readonly string[]
  /** The server's document; also carries what `lines` says. */
  problem?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/** Everything that ends a command in an orderly way. `message` says what happened, `hint` what to do. */
export class CliError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly exitCode: ExitCode
  readonly lines: readonly string[]
  readonly problem: Readonly<Record<string, unknown>> | undefined

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'CliError'
    this.code = options.code ?? 'failed'
    this.hint = options.hint
    this.exitCode = options.exitCode ?? EXIT.failure
    this.lines = options.lines ?? []
    this.problem = options.problem
  }
}

/** A command line that cannot be meant so. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { code: 'usage', exitCode: EXIT.usage, ...(hint === undefined ? {} : { hint }) })
}

/** The error as `--json` shows it. */
export function toProblem(error: CliError): ProblemDocument {
  return {
    type: 'about:blank',
    title: error.message,
    code: error.code,
    ...(error.lines.length > 0 && !error.problem ? { detail: error.lines.join('\n') } : {}),
    ...error.problem,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}
