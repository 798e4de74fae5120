import { err, ok, type Result } from '../core/result.ts'

/** Why an address may not be called. */
export type UrlRefusal = 'not_a_url' | 'not_https' | 'has_credentials' | 'private_address' | 'has_fragment' | 'own_address'

/** Names that never lead to the public internet (RFC 6761, RFC 8375, RFC 6762, and what clouds name their metadata service). */
const PRIVATE_SUFFIXES = ['localhost', 'local', 'internal', 'home.arpa', 'lan', 'intranet', 'test', 'invalid', 'onion']

/**
 * Whether an outgoing call may go to this address: https, no credentials in it, no private, loopback, link-local or metadata
 * address (the URL parser has already turned every spelling of an IPv4 address into dotted form). In development `http` and
 * loopback names are allowed, for the services that run beside us. `ownHosts` are our own names and zones: neither they nor
 * names under them may be called, in development too. Names that resolve to private addresses are not seen here.
 */
export function guardUrl(
  address: string,
  environment: 'development' | 'production',
  ownHosts: readonly string[] = [],
): Result<URL, UrlRefusal> {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return err('not_a_url')
  }
  const host = url.hostname.replace(/\.$/, '').toLowerCase()
  if (url.username !== '' || url.password !== '') return err('has_credentials')
  if (url.hash !== '') return err('has_fragment')
  if (ownHosts.some((own) => isUnder(host, own.toLowerCase()))) return err('own_address')
  if (environment === 'development' && isLoopback(host) && (url.protocol === 'http:' || url.protocol === 'https:')) return ok(url)
  if (url.protocol !== 'https:') return err('not_https')
  return isPrivate(host) ? err('private_address') : ok(url)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '127.0.0.1' || host === '[::1]'
}

function isPrivate(host: string): boolean {
  if (host === '') return true
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1))
  const ipv4 = parseIpv4(host)
  if (ipv4) return isPrivateIpv4(ipv4)
  return !host.includes('.') || PRIVATE_SUFFIXES.some((suffix) => isUnder(host, suffix))
}

function isUnder(host: string, name: string): boolean {
  return host === name || host.endsWith(`.${name}`)
}

function parseIpv4(host: string): number[] | undefined {
  const parts = host.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part)) ? parts.map(Number) : undefined
}

/** Special-purpose blocks: https://www.iana.org/assignments/iana-ipv4-special-registry/ */
function isPrivateIpv4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113) ||
    a >= 224
  )
}

/**
 * Only global unicast (2000::/3) is public, and of that not the blocks that carry an IPv4 address inside (6to4, Teredo) or are
 * for documentation: https://www.iana.org/assignments/iana-ipv6-special-registry/
 */
function isPrivateIpv6(text: string): boolean {
  const [first = '', second = ''] = text.split(':')
  const head = Number.parseInt(first || '0', 16)
  const next = Number.parseInt(second || '0', 16)
  if (head < 0x2000 || head > 0x3fff) return true
  return head === 0x2002 || (head === 0x2001 && (next === 0 || next === 0xdb8)) || head === 0x3fff
}
