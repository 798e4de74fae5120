import { AppError } from '@orchestrator/shared/core/errors'
import { createApp } from '@orchestrator/shared/http/app'
import { problemResponse } from '@orchestrator/shared/http/problem'
import { shownPath } from '@orchestrator/shared/http/shown-path'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { createIsolate, type Isolate } from './deps.ts'
import { type Env, parseEnv } from './env.ts'
import { registerHealth } from './routes/health.ts'
import { registerWebhooks } from './routes/webhooks.ts'

const newApp = () => createApp<Env>({ worker: 'ingress' })
export type IngressApp = ReturnType<typeof newApp>

/** The Worker. `isolate` is what it remembers between requests; tests begin with a cold one. */
export function createIngress(isolate: Isolate = createIsolate()) {
  const app = newApp()
  registerHealth(app, isolate)
  registerWebhooks(app, isolate)
  return {
    async fetch(request: Request, rawEnv: unknown, context: ExecutionContext): Promise<Response> {
      let env: Env
      try {
        env = parseEnv(rawEnv)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        createLogger({ worker: 'ingress' }).log('error', 'bad environment', { cause: error.message })
        return problemResponse(error, { path: shownPath(request.url), requestId: 'none' })
      }
      return app.fetch(request, env, context)
    },
  }
}
