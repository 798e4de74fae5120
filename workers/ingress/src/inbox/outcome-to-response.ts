import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import { problemResponse } from '@orchestrator/shared/http/problem'
import type { AcceptOutcome } from './outcome.ts'

/** The answer a sender gets. Every refused signature reads the same: the reason is for our log. */
export function outcomeToResponse(outcome: AcceptOutcome, request: { path: string; requestId: string }): Response {
  const problem = (...args: ConstructorParameters<typeof AppError>) => problemResponse(new AppError(...args), request)
  switch (outcome.outcome) {
    case 'accepted':
    case 'ignored':
    case 'duplicate': {
      const { status, body } = outcome.reply
      const headers = { 'cache-control': 'no-store' }
      if (body === 'empty') return new Response(null, { status, headers })
      return Response.json({ id: outcome.id, status: outcome.outcome }, { status, headers })
    }
    case 'unknown_provider':
      return problem('not_found', 'There is no such provider.')
    case 'provider_disabled':
      return problem('provider_disabled', 'This provider takes no webhooks at the moment.', { retryAfterSeconds: 300 })
    case 'body_too_large':
      return problem('body_too_large', `The body may have at most ${outcome.limitBytes} bytes.`)
    case 'body_unreadable':
      return problem('validation_failed', 'The body could not be read to its end.')
    case 'unverified':
      return problem('signature_invalid', 'The signature could not be verified.')
    case 'misconfigured':
      return problem('unavailable', 'This provider cannot be served at the moment.', { retryAfterSeconds: 60 })
    case 'not_durable':
      return problem('unavailable', 'The webhook could not be stored. Please send it again.', { retryAfterSeconds: 10 })
    default:
      return assertNever(outcome)
  }
}
