const ASSERTION_HEADER = 'cf-access-jwt-assertion'
const ASSERTION_COOKIE = 'CF_Authorization'

/**
 * The Access token a request carries: the header Access adds, else the cookie of the browser's session. Not verified here,
 * control does that. https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/
 */
export function accessToken(headers: Headers): string | undefined {
  const header = headers.get(ASSERTION_HEADER)
  if (header) return header
  for (const pair of (headers.get('cookie') ?? '').split(';')) {
    const separator = pair.indexOf('=')
    if (separator < 0 || pair.slice(0, separator).trim() !== ASSERTION_COOKIE) continue
    const value = pair.slice(separator + 1).trim()
    if (value !== '') return value
  }
  return undefined
}
