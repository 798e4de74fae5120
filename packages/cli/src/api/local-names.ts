import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Names that mean this machine (RFC 6761, section 6.3). */
export function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]'
}

/**
 * Resolves `*.localhost` to 127.0.0.1, which browsers do and Node leaves to the system, where it mostly fails. Everything else is
 * asked as usual. For `node:http`, which goes on to send the name as Host; `fetch` cannot be told how to resolve.
 */
export const lookupLocal: LookupFunction = (hostname, options, callback) => {
  if (!hostname.endsWith('.localhost')) {
    systemLookup(hostname, options, callback)
    return
  }
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
  else callback(null, '127.0.0.1', 4)
}
