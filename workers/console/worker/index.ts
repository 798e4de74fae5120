import { AppError } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import { problemResponse } from '@orchestrator/shared/http/problem'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { createConsoleApp } from './app.ts'
import { parseEnv } from './env.ts'
import { withSecurityHeaders } from './security-headers.ts'

const app = createConsoleApp()

/** A bad environment is answered before the app can run; everything else the app answers itself. */
async function respond(request: Request, bindings: unknown, context: ExecutionContext): Promise<Response> {
  try {
    return await app.fetch(request, parseEnv(bindings), context)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const requestId = newId('req', 0, Date.now(), Math.random)
    createLogger({ worker: 'console', requestId }).log('error', 'bad environment', { cause: error.message })
    return problemResponse(error, { path: new URL(request.url).pathname, requestId })
  }
}

export default {
  async fetch(request, bindings, context) {
    return withSecurityHeaders(await respond(request, bindings, context))
  },
} satisfies ExportedHandler
