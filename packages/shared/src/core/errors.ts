import type { ErrorCode } from './error-codes.ts'

/** One field of a request that was not acceptable. `path` is dotted (`items.0.name`), empty for the whole body. */
export interface Issue {
  path: string
  message: string
}

export interface AppErrorOptions {
  issues?: Issue[]
  retryAfterSeconds?: number
  /** Further headers of the answer, such as the challenge of a 401. */
  headers?: Readonly<Record<string, string>>
  /** Extension members of the problem document (RFC 9457, section 3.2). */
  extensions?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/**
 * The one error class that reaches a caller. `message` is public; whatever is private belongs in `cause`,
 * which is logged and never answered.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly issues: Issue[] | undefined
  readonly retryAfterSeconds: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.issues = options.issues
    this.retryAfterSeconds = options.retryAfterSeconds
    this.headers = options.headers ?? {}
    this.extensions = options.extensions ?? {}
  }
}

/** The text of anything that was thrown, for logs. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
