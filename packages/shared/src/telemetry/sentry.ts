import { Toucan } from 'toucan-js'

/** Reports what is ours to fix. Never throws, never waits. */
export interface ErrorReporter {
  report(error: unknown, tags?: Record<string, string>): void
}

const silent: ErrorReporter = { report: () => undefined }

export interface SentryOptions {
  dsn: string | undefined
  /** The Worker's name and version. */
  release: string
  environment: string
  context: { waitUntil(promise: Promise<unknown>): void }
  traceId: string | undefined
}

/** A reporter that sends to Sentry, or does nothing without a DSN. Bodies, headers, cookies and addresses are never sent. */
export function createErrorReporter(options: SentryOptions): ErrorReporter {
  if (!options.dsn) return silent
  try {
    const toucan = new Toucan({
      dsn: options.dsn,
      release: options.release,
      environment: options.environment,
      context: options.context,
      requestDataOptions: { allowedHeaders: false, allowedIps: false, allowedCookies: false, allowedSearchParams: false },
    })
    return {
      report(error, tags) {
        try {
          toucan.setTags({ ...tags, ...(options.traceId === undefined ? {} : { trace_id: options.traceId }) })
          toucan.captureException(error)
        } catch {
          // Telemetry can never fail a request.
        }
      },
    }
  } catch {
    return silent
  }
}
