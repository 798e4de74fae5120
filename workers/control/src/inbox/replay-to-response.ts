import type { WebhookReplayResponse } from '@orchestrator/shared/contracts/control-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import type { WebhookReplayResult } from './replay.ts'

/** 202 with the jobs that stand for the webhook now; 400, 404 and 409 say why nothing was done. */
export function replayToResponse(id: string, result: WebhookReplayResult): WebhookReplayResponse {
  switch (result.outcome) {
    case 'replayed':
      return {
        webhookId: id,
        jobs: result.jobs,
        failedRoutes: result.failures.map(({ route, reason }) => ({ route, reason })),
        auditSeq: result.auditSeq,
      }
    case 'not_found':
      throw new AppError('not_found', `There is no webhook ${id}.`)
    case 'body_gone':
      throw new AppError('conflict', 'The body of this webhook is not kept any more, so there is nothing to replay.')
    case 'unknown_routes':
      throw new AppError('validation_failed', 'Some of these are no enabled routes of its provider; see issues.', {
        issues: result.routes.map((route) => ({ path: 'routes', message: `there is no enabled route “${route}”` })),
      })
    case 'no_route':
      throw new AppError('conflict', noRoute(result.failures))
    default:
      return assertNever(result)
  }
}

function noRoute(failures: readonly { route: string; reason: string }[]): string {
  const [first] = failures
  if (!first) return 'No enabled route takes this webhook. Make one, or name the routes that are to take it.'
  return `No route takes this webhook, and route “${first.route}” could not be asked: ${first.reason}`
}
