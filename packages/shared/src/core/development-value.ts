/** Stands in every fixed value of development, so that production can refuse them. */
const DEVELOPMENT_MARK = /development[_-]only/

/** Whether a value belongs to development: one of its fixed secrets, or an address on localhost. */
export function isDevelopmentValue(value: unknown): boolean {
  return typeof value === 'string' && (DEVELOPMENT_MARK.test(value) || /^https?:\/\/[^/]*\blocalhost\b/.test(value))
}
