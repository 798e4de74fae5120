import { Hono } from 'hono'
import { ERROR_CODES } from '../core/error-codes.ts'
import { AppError, errorMessage } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { createErrorReporter, type ErrorReporter } from '../telemetry/sentry.ts'
import { childTrace, formatTraceparent, type TraceContext } from '../telemetry/trace-context.ts'
import { problemResponse } from './problem.ts'
import { shownPath, withoutHiddenSegments } from './shown-path.ts'

/** What every Worker's environment tells about itself. */
export interface BaseEnv {
  ENVIRONMENT: 'development' | 'production'
  SENTRY_DSN?: string | undefined
  /** https://developers.cloudflare.com/workers/runtime-apis/bindings/version-metadata/ */
  CF_VERSION_METADATA?: { id: string } | undefined
}

/** The deployed version, for health, logs and error reports. */
export function versionOf(env: BaseEnv): string {
  return env.CF_VERSION_METADATA?.id || 'unversioned'
}

/** Set for every request before a route runs. */
export interface RequestVariables {
  requestId: string
  /** The span of this request; its text goes into rows, messages and outgoing calls. */
  trace: TraceContext
  traceparent: string
  logger: Logger
  reporter: ErrorReporter
  /** A route sets it where the log in DATA tells the same already: a success then is not worth a line. */
  quiet: boolean
}

export interface AppOptions {
  worker: 'ingress' | 'execution' | 'control' | 'console'
  /** Paths whose successful requests are not worth a line. */
  quietPaths?: readonly string[]
}

/**
 * A Hono app with what all Workers share: request id, trace context, one JSON line a request, problem+json for every
 * error. `env` must have been parsed already.
 */
export function createApp<Env extends BaseEnv, Variables extends object = object>(options: AppOptions) {
  const app = new Hono<{ Bindings: Env; Variables: RequestVariables & Variables }>()
  const quiet = new Set(options.quietPaths ?? ['/livez', '/readyz'])

  app.use(async (c, next) => {
    const startedAt = Date.now()
    const path = shownPath(c.req.url)
    const trace = childTrace(c.req.header('traceparent'))
    const requestId = newId('req', 0, startedAt, Math.random)
    const release = `${options.worker}@${versionOf(c.env)}`
    const logger = createLogger({ worker: options.worker, release, requestId, traceId: trace.traceId })
    const reporter = createErrorReporter({
      dsn: c.env.SENTRY_DSN,
      release,
      environment: c.env.ENVIRONMENT,
      context: c.executionCtx,
      traceId: trace.traceId,
    })
    const set = c.set as unknown as (key: keyof RequestVariables, value: unknown) => void
    set('requestId', requestId)
    set('trace', trace)
    set('traceparent', formatTraceparent(trace))
    set('logger', logger)
    set('reporter', reporter)
    await next()
    if (!c.res.headers.has('x-request-id')) c.res.headers.set('x-request-id', requestId)
    if ((quiet.has(path) || c.get('quiet')) && c.res.ok) return
    // A route may have set a logger with more fields.
    c.get('logger').log(c.res.status >= 500 ? 'error' : 'info', 'request', {
      method: c.req.method,
      path,
      status: c.res.status,
      durationMs: Date.now() - startedAt,
      code: c.error instanceof AppError ? c.error.code : undefined,
      cause: c.error ? withoutHiddenSegments(causeOf(c.error), c.req.url) : undefined,
    })
  })

  app.notFound((c) => {
    const path = shownPath(c.req.url)
    return problemResponse(new AppError('not_found', `There is nothing at ${c.req.method} ${path}.`), {
      path,
      requestId: c.get('requestId'),
    })
  })

  app.onError((thrown, c) => {
    const error =
      thrown instanceof AppError ? thrown : new AppError('internal_error', 'Something went wrong on our side.', { cause: thrown })
    if (ERROR_CODES[error.code].report) {
      c.get('reporter')?.report(error.cause ?? error, { code: error.code })
    }
    return problemResponse(error, {
      path: shownPath(c.req.url),
      url: c.req.url,
      requestId: c.get('requestId') ?? 'none',
    })
  })

  return app
}

/** What is worth a log: the private cause, where there is one. */
function causeOf(error: Error): string {
  return errorMessage(error instanceof AppError ? (error.cause ?? error) : error)
}
