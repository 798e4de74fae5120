/** `Retry-After` as ms from now: whole seconds, or an HTTP date (RFC 9110, section 10.2.3). `undefined` when it is neither. */
export function parseRetryAfter(header: string, now: number): number | undefined {
  const text = header.trim()
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1_000
  return parseDateFromNow(text, now)
}

/** An HTTP date or one of ISO 8601, as ms from now. A date without a zone is one of UTC. */
export function parseDateFromNow(text: string, now: number): number | undefined {
  const iso = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (!iso && !/^[A-Za-z]{3,9},? /.test(text)) return undefined
  const at = Date.parse(iso && iso[1] === undefined ? `${text.replace(' ', 'T')}Z` : text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
