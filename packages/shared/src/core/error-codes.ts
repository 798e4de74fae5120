/**
 * Every public error of the system: its HTTP status, whether repeating the same request can help,
 * and whether it is ours to fix (reported to Sentry).
 */
export const ERROR_CODES = {
  validation_failed: { status: 400, title: 'The request is not valid', retryable: false, report: false },
  idempotency_key_missing: { status: 400, title: 'An Idempotency-Key is required', retryable: false, report: false },
  signature_invalid: { status: 401, title: 'The signature could not be verified', retryable: false, report: false },
  unauthenticated: { status: 401, title: 'Authentication is required', retryable: false, report: false },
  forbidden: { status: 403, title: 'Not allowed', retryable: false, report: false },
  not_found: { status: 404, title: 'Not found', retryable: false, report: false },
  method_not_allowed: { status: 405, title: 'Method not allowed', retryable: false, report: false },
  conflict: { status: 409, title: 'The state has changed', retryable: false, report: false },
  idempotency_in_flight: { status: 409, title: 'A request with this key is running', retryable: true, report: false },
  answer_not_kept: { status: 409, title: 'The answer was not kept', retryable: false, report: false },
  length_required: { status: 411, title: 'A Content-Length is required', retryable: false, report: false },
  precondition_failed: { status: 412, title: 'It has changed since it was read', retryable: false, report: false },
  body_too_large: { status: 413, title: 'The body is too large', retryable: false, report: false },
  unsupported_media_type: { status: 415, title: 'Unsupported media type', retryable: false, report: false },
  unprocessable: { status: 422, title: 'This cannot be done with what was given', retryable: false, report: false },
  idempotency_key_reused: { status: 422, title: 'This key belongs to another request', retryable: false, report: false },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true, report: false },
  headers_too_large: { status: 431, title: 'The headers are too large', retryable: false, report: false },
  internal_error: { status: 500, title: 'Internal error', retryable: true, report: true },
  bad_environment: { status: 500, title: 'The Worker is not configured correctly', retryable: false, report: true },
  upstream_unavailable: { status: 502, title: 'A service behind this one did not answer', retryable: true, report: false },
  upstream_failed: { status: 502, title: 'The upstream failed', retryable: true, report: false },
  unavailable: { status: 503, title: 'Temporarily unavailable', retryable: true, report: true },
  provider_disabled: { status: 503, title: 'This provider is disabled', retryable: true, report: false },
  circuit_open: { status: 503, title: 'The circuit breaker is open', retryable: true, report: false },
  connector_paused: { status: 503, title: 'The connector is paused', retryable: true, report: false },
  connector_misconfigured: { status: 503, title: 'The connector is not configured correctly', retryable: true, report: true },
  deadline_exceeded: { status: 504, title: 'The deadline was exceeded', retryable: true, report: false },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean; report: boolean }>

export type ErrorCode = keyof typeof ERROR_CODES
