import { AppError } from '@orchestrator/shared/core/errors'
import { createApp } from '@orchestrator/shared/http/app'
import { problemResponse } from '@orchestrator/shared/http/problem'
import { shownPath } from '@orchestrator/shared/http/shown-path'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import type { ClientVariables } from './clients/door.ts'
import { createSweepDeps, createTelemetry, type Isolate, thisIsolate } from './deps.ts'
import { checkConnectors, isCheckDue } from './egress-check/check-connectors.ts'
import { createEgressCheckDeps } from './egress-check/deps.ts'
import { type Env, parseEnv } from './env.ts'
import { dispatchBatch } from './queue/dispatch.ts'
import { createQueueDeps, invocationOf } from './queue-deps.ts'
import { registerExecute } from './routes/execute.ts'
import { registerHealth } from './routes/health.ts'
import { registerJobs } from './routes/jobs.ts'
import { runSweep } from './sweep/run-sweep.ts'

const newApp = () => createApp<Env, ClientVariables>({ worker: 'execution' })
export type ExecutionApp = ReturnType<typeof newApp>

/** The Worker. `isolate` is what it remembers between invocations; tests begin with a cold one. */
export function createExecution(isolate: Isolate = thisIsolate) {
  const app = newApp()
  registerHealth(app, isolate)
  registerExecute(app, isolate)
  registerJobs(app, isolate)
  return {
    async fetch(request: Request, rawEnv: unknown, context: ExecutionContext): Promise<Response> {
      let env: Env
      try {
        env = parseEnv(rawEnv)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        createLogger({ worker: 'execution' }).log('error', 'bad environment', { cause: error.message })
        return problemResponse(error, { path: shownPath(request.url), requestId: 'none' })
      }
      return app.fetch(request, env, context)
    },

    async queue(batch: MessageBatch, rawEnv: unknown, context: ExecutionContext): Promise<void> {
      const env = parseEnv(rawEnv)
      const telemetry = createTelemetry(env, context, { queue: batch.queue })
      await dispatchBatch(createQueueDeps(env, isolate, telemetry, invocationOf(context)), batch)
    },

    async scheduled(controller: ScheduledController, rawEnv: unknown, context: ExecutionContext): Promise<void> {
      const env = parseEnv(rawEnv)
      const telemetry = createTelemetry(env, context, { cron: controller.cron })
      await runSweep(createSweepDeps(env, isolate, telemetry))
      if (isCheckDue(controller.scheduledTime)) await checkConnectors(createEgressCheckDeps(env, isolate, telemetry))
    },
  }
}
