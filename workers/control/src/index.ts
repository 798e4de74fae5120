import { AppError } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import { versionOf } from '@orchestrator/shared/http/app'
import { problemResponse } from '@orchestrator/shared/http/problem'
import { shownPath } from '@orchestrator/shared/http/shown-path'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { createErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { WorkerEntrypoint } from 'cloudflare:workers'
import { createControlApp } from './app.ts'
import type { ControlVariables } from './context.ts'
import { createDeps } from './deps.ts'
import { type ControlEnv, parseEnv } from './env.ts'
import { runMinuteTasks } from './minute/run.ts'
import { consumeDeadLetters } from './queue/consume.ts'

export { BulkRunner } from './bulk-operations/bulk-runner.do.ts'

/** The same API behind two doors: control's own host, and the console's service binding. */
const apps = { control: createControlApp('control'), console: createControlApp('console') }

async function serve(door: ControlVariables['door'], request: Request, env: unknown, ctx: ExecutionContext): Promise<Response> {
  let parsed: ControlEnv
  try {
    parsed = parseEnv(env)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const requestId = newId('req', 0, Date.now(), Math.random)
    createLogger({ worker: 'control', requestId }).log('error', 'bad environment', { cause: error.message })
    return problemResponse(error, { path: shownPath(request.url), requestId })
  }
  return apps[door].fetch(request, parsed, ctx)
}

/**
 * The console's door. Only the console's binding leads here, and it chooses URL and headers, so nothing in them is believed
 * but the token; what is only for control's own hosts (break-glass) does not exist behind this door.
 */
export class ConsoleApi extends WorkerEntrypoint<unknown> {
  override fetch(request: Request): Promise<Response> {
    return serve('console', request, this.env, this.ctx)
  }
}

/** What work has that nobody asked for. */
function withoutRequest(env: unknown, context: ExecutionContext) {
  const parsed = parseEnv(env)
  const release = `control@${versionOf(parsed)}`
  const { SENTRY_DSN: dsn, ENVIRONMENT: environment } = parsed
  return {
    deps: createDeps(parsed, createLogger({ worker: 'control', release })),
    reporter: createErrorReporter({ dsn, release, environment, context, traceId: undefined }),
  }
}

export default {
  fetch: (request, env, ctx) => serve('control', request, env, ctx),
  async queue(batch, env, ctx) {
    const { deps, reporter } = withoutRequest(env, ctx)
    await consumeDeadLetters(batch, deps, reporter)
  },
  async scheduled(_controller, env, ctx) {
    const { deps, reporter } = withoutRequest(env, ctx)
    await runMinuteTasks(deps, reporter)
  },
} satisfies ExportedHandler
