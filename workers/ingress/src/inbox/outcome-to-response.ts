import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import { problemResponse } from '@orchestrator/shared/http/problem'
import type { AcceptOutcome } from './outcome.ts'

/** An answer of these has no body, and a `Response` with one throws. */
const NO_CONTENT: ReadonlySet<number> = new Set([204, 205])

/** The answer a sender gets. Every refused signature reads the same: the reason is for our log. */
export function outcomeToResponse(outcome: AcceptOutcome, request: { path: string; requestId: string }): Response {
  const problem = (...args: ConstructorParameters<typeof AppError>) => problemResponse(new AppError(...args), request)
  switch (outcome.outcome) {
    case 'accepted':
    case 'ignored':
    case 'duplicate':
      return reply(outcome)
    case 'handshake':
      return new Response(outcome.body, {
        status: outcome.status,
        headers: { 'cache-control': 'no-store', ...outcome.headers },
      })
    case 'unknown_provider':
      return problem('not_found', 'There is no such provider.')
    case 'provider_disabled':
      return problem('provider_disabled', 'This provider takes no webhooks at the moment.', { retryAfterSeconds: 300 })
    case 'method_not_allowed': {
      const allow = outcome.allowed.join(', ')
      const response = problem('method_not_allowed', `This provider takes ${allow}.`)
      response.headers.set('allow', allow)
      return response
    }
    case 'headers_too_large':
      return problem('headers_too_large', 'The request has too many or too long headers.')
    case 'network_not_allowed':
      return problem('forbidden', 'This provider takes webhooks only from the networks it lists.')
    case 'rate_limited': {
      const what = outcome.by === 'failures' ? 'Too many requests that could not be verified.' : 'This provider is at its limit.'
      return problem('rate_limited', `${what} Please send it again later.`, {
        retryAfterSeconds: Math.max(1, Math.ceil(outcome.retryAfterMs / 1_000)),
      })
    }
    case 'body_too_large':
      return problem('body_too_large', `The body may have at most ${outcome.limitBytes} bytes.`)
    case 'length_required':
      return problem('length_required', `A body of more than ${outcome.limitBytes} bytes needs a Content-Length.`)
    case 'body_unreadable':
      return problem('validation_failed', 'The body could not be read to its end.')
    case 'unverified': {
      const { refusal } = outcome
      if (refusal?.empty) return new Response(null, { status: refusal.status, headers: { 'cache-control': 'no-store' } })
      const response = problem('signature_invalid', 'The signature could not be verified.')
      return refusal ? new Response(response.body, { status: refusal.status, headers: response.headers }) : response
    }
    case 'key_unavailable':
      return problem('unavailable', 'The keys of this sender cannot be fetched right now.', { retryAfterSeconds: 30 })
    case 'misconfigured':
      return problem('unavailable', 'This provider cannot be served at the moment.', { retryAfterSeconds: 60 })
    case 'not_durable':
      return problem('unavailable', 'The webhook could not be stored. Please send it again.', { retryAfterSeconds: 10 })
    default:
      return assertNever(outcome)
  }
}

/** What the sender insists on, or our JSON. */
function reply(outcome: Extract<AcceptOutcome, { outcome: 'accepted' | 'ignored' | 'duplicate' }>): Response {
  const { status, body } = outcome.reply
  const headers = { 'cache-control': 'no-store' }
  if (NO_CONTENT.has(status)) return new Response(null, { status, headers })
  switch (body.kind) {
    case 'empty':
      return new Response(null, { status, headers })
    case 'text':
      return new Response(body.text, { status, headers: { ...headers, 'content-type': body.contentType } })
    case 'result':
      return Response.json({ id: outcome.id, status: outcome.outcome }, { status, headers })
  }
}
