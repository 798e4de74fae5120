/** Stands in every fixed value of development, so that production can refuse them. */
const DEVELOPMENT_MARK = /development[_-]only/

/** Zendesk signs its test deliveries with it and prints it in its documentation: https://developer.zendesk.com/documentation/webhooks/verifying/ */
const PUBLIC_TEST_SECRETS: readonly string[] = ['dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==']

/** Whether a value belongs to development: one of its fixed secrets, a secret that everybody knows, or an address on localhost. */
export function isDevelopmentValue(value: unknown): boolean {
  if (typeof value !== 'string') return false
  return DEVELOPMENT_MARK.test(value) || PUBLIC_TEST_SECRETS.includes(value) || /^https?:\/\/[^/]*\blocalhost\b/.test(value)
}
