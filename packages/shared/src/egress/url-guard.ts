import { err, ok, type Result } from '../core/result.ts'
import { skeleton } from './homographs.ts'
import { isPrivateName, isUnder } from './private-names.ts'
import { isSpecialIpv4, isSpecialIpv6 } from './special-addresses.ts'

/** Why an address may not be called. */
export type UrlRefusal =
  | 'not_a_url'
  | 'not_https'
  | 'has_credentials'
  | 'private_address'
  | 'has_fragment'
  | 'own_address'
  | 'odd_spelling'

/** The same for people. */
export const REFUSALS: Readonly<Record<UrlRefusal, string>> = {
  not_a_url: 'it is not a whole URL',
  not_https: 'it does not begin with https://',
  has_credentials: 'it has credentials in it; they belong into the connector’s auth',
  private_address: 'it leads into a private network, or to a name that is not a host of its own on the internet',
  has_fragment: 'it has a fragment (#…), which no server gets to see',
  own_address: 'it is one of our own, or looks like one',
  odd_spelling: 'its host is not written plainly: lower-case ASCII (xn--… for other letters), dotted IPv4, no dot at the end',
}

/**
 * Whether an outgoing call may go to this address: the same when a connector is saved, tried and called, and for each redirect.
 * https; no credentials; a public host, written plainly, so that everything that reads the address reads the same (the URL parser
 * turns every spelling of an IPv4 address into dotted form, and letters of full width into plain ones: what it changes is refused).
 * In development `http` and loopback names are allowed, for the services that run beside us. `ownHosts` are our own names and
 * zones: neither they nor names under them nor those that look like them may be called, in development too. What a name resolves
 * to is not seen here (`checkAddress`).
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
  if (url.username !== '' || url.password !== '') return err('has_credentials')
  if (url.hash !== '') return err('has_fragment')
  const host = url.hostname.replace(/\.+$/, '').toLowerCase()
  if (isOwn(host, ownHosts)) return err('own_address')
  const isLocal = environment === 'development' && isLoopback(host)
  if (url.protocol !== 'https:' && !(isLocal && url.protocol === 'http:')) return err('not_https')
  if (!isLocal && isPrivateHost(host)) return err('private_address')
  return isPlain(address, url) ? ok(url) : err('odd_spelling')
}

/** Whether a host is none of the public internet: a name, a dotted IPv4 address, or an IPv6 address in brackets. */
export function isPrivateHost(host: string): boolean {
  if (host.startsWith('[')) return isSpecialIpv6(host.slice(1, -1))
  return isSpecialIpv4(host) ?? isPrivateName(host)
}

export function isOwn(host: string, ownHosts: readonly string[]): boolean {
  const looks = skeleton(host)
  return ownHosts.some((own) => {
    const name = own.toLowerCase().replace(/^\*?\.|\.$/g, '')
    return isUnder(host, name) || isUnder(looks, name)
  })
}

export function isLoopback(host: string): boolean {
  return isUnder(host, 'localhost') || host === '127.0.0.1' || host === '[::1]'
}

/** Whether the address says what the parser read: scheme, host and port as they stand, nothing ignored, decoded or mapped. */
function isPlain(address: string, url: URL): boolean {
  const [, host, port] = /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?(?:[/?]|$)/i.exec(address) ?? []
  if (host === undefined || hasControl(address) || address.includes('\\')) return false
  if (port !== undefined && Number(port.slice(1)) === 0) return false
  return host.startsWith('[') || (host.toLowerCase() === url.hostname && !/^\.|\.\.|\.$/.test(host))
}

/** The parser leaves tabs and line breaks out wherever they stand, and spaces at the ends. */
function hasControl(text: string): boolean {
  return text !== text.trim() || Array.from(text).some((char) => char < ' ' || char === '\u007f')
}
