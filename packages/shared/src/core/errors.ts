import type { ErrorCode } from './error-codes.ts'

/** One field of a request that was not acceptable. `path` is dotted (`items.0.name`), empty for the whole body. */
export interface Issue {
  path: string
  message: string
}

export interface AppErrorOptions {
  issues?: Issue[]
  retryAfterSeconds?: number
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

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.issues = options.issues
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The text of anything that was thrown, for logs. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
