import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { createAcceptDeps, type Isolate } from '../deps.ts'
import { acceptWebhook } from '../inbox/accept-webhook.ts'
import type { AcceptOutcome } from '../inbox/outcome.ts'
import { outcomeToResponse } from '../inbox/outcome-to-response.ts'
import type { IngressApp } from '../app.ts'

/** `/webhooks/:provider`: events by POST, and whatever else a sender's handshake uses. */
export function registerWebhooks(app: IngressApp, isolate: Isolate): void {
  app.all('/webhooks/:provider', async (c) => {
    const provider = c.req.param('provider')
    const { logger, reporter, requestId } = c.var
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
    const request = c.req.raw
    const tools = { request, requestId, logger: logger.with({ provider }), reporter, waitUntil }
    const deps = createAcceptDeps(c.env, isolate, tools)
    const { method, url, headers } = request
    const outcome = await acceptWebhook({ provider, method, url, headers, trace: c.var.traceparent }, deps)
    if (outcome.outcome === 'misconfigured') reporter.report(new Error(outcome.problem), { provider })
    // The event of the arrival stands in DATA, with everything that a line would say.
    c.set('quiet', (outcome.outcome === 'accepted' || outcome.outcome === 'ignored') && outcome.place === 'data')
    c.set('logger', describeOutcome(logger.with({ provider }), outcome))
    return outcomeToResponse(outcome, { path: c.req.path, requestId })
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
    case 'rate_limited':
      return logger.with({ outcome: name, by: outcome.by })
    case 'misconfigured':
      return logger.with({ outcome: name, problem: outcome.problem })
    default:
      return logger.with({ outcome: name })
  }
}
