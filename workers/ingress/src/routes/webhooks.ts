import { AppError } from '@orchestrator/shared/core/errors'
import { problemResponse } from '@orchestrator/shared/http/problem'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { createAcceptDeps, type Isolate } from '../deps.ts'
import { acceptWebhook } from '../inbox/accept-webhook.ts'
import type { AcceptOutcome } from '../inbox/outcome.ts'
import { outcomeToResponse } from '../inbox/outcome-to-response.ts'
import type { IngressApp } from '../app.ts'

/** `POST /webhooks/:provider`. */
export function registerWebhooks(app: IngressApp, isolate: Isolate): void {
  app.post('/webhooks/:provider', async (c) => {
    const provider = c.req.param('provider')
    const { logger, reporter } = c.var
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
    const deps = createAcceptDeps(c.env, isolate, { request: c.req.raw, logger: logger.with({ provider }), reporter, waitUntil })
    const outcome = await acceptWebhook({ provider, headers: c.req.raw.headers, trace: c.var.traceparent }, deps)
    if (outcome.outcome === 'misconfigured') reporter.report(new Error(outcome.problem), { provider })
    c.set('logger', describeOutcome(logger.with({ provider }), outcome))
    return outcomeToResponse(outcome, { path: c.req.path, requestId: c.var.requestId })
  })

  app.all('/webhooks/:provider', (c) => {
    const error = new AppError('method_not_allowed', 'Webhooks are posted.')
    const response = problemResponse(error, { path: c.req.path, requestId: c.var.requestId })
    response.headers.set('allow', 'POST')
    return response
  })
}

/** What the line of this request says about it. The reason of a refusal stands here and nowhere else. */
function describeOutcome(logger: Logger, outcome: AcceptOutcome): Logger {
  const { outcome: name } = outcome
  switch (name) {
    case 'accepted':
    case 'ignored':
    case 'duplicate':
      return logger.with({
        outcome: name,
        inboxId: outcome.id,
        eventType: outcome.eventType,
        place: outcome.place,
        jobs: outcome.jobs,
      })
    case 'unverified':
      return logger.with({ outcome: name, reason: outcome.reason })
    case 'misconfigured':
      return logger.with({ outcome: name, problem: outcome.problem })
    default:
      return logger.with({ outcome: name })
  }
}
