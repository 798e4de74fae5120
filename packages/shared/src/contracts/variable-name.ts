import * as z from 'zod'

/**
 * Variables and bindings of our own. No secret may have one of them for its source: whoever configures connectors could otherwise
 * send `SECRETS_KEY` to a host of theirs as a credential. A test holds every Worker's environment against this list, so a new
 * variable of ours cannot be forgotten here. What holds keys is reserved with all that begins like it.
 */
const OWN: readonly RegExp[] = [
  /^(?:SECRETS_KEY|AUDIT_|ACCESS_|SENTRY_|OTEL_|OTLP_|BREAK_?GLASS|EMERGENCY|CF_|CLOUDFLARE_)/,
  /^(?:ENVIRONMENT|OWN_HOSTS|ALLOWED_ORIGINS|ASSETS|CONTROL|CONTROL_DB|INGRESS|EXECUTION|PAYLOADS|CONNECTOR_TEST|AS_CLIENT|BREAKER_STATES)$/,
  /^(?:RATE_LIMITER|CIRCUIT_BREAKER|PROVIDER_LIMITER|FAILURE_LIMIT|BULK_RUNNER|DATA_\d\d)$/,
  /_(?:QUEUE|DLQ|SECRET_CHECK)$/,
]

/** Whether a variable or binding of this name is ours, and never the value of a secret. */
export function isOwnVariable(name: string): boolean {
  return OWN.some((pattern) => pattern.test(name.toUpperCase()))
}

/** The name of a Worker secret or of a Secrets Store binding that holds the value of a secret. */
export const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'capitals, digits and underscores, at most 64, beginning with a letter')
  .refine((name) => !isOwnVariable(name), 'is one of our own: it is never sent anywhere, and is the value of no secret')
