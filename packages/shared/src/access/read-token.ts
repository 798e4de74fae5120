/**
 * The Access token of a request: the header that Access adds, else the cookie that browsers carry
 * (https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/).
 */
export function readToken(headers: Headers): string | undefined {
  const header = headers.get('cf-access-jwt-assertion')?.trim()
  if (header) return header
  for (const pair of (headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === 'CF_Authorization') return pair.slice(at + 1).trim() || undefined
  }
  return undefined
}
