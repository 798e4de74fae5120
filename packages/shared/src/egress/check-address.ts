import { errorMessage } from '../core/errors.ts'
import { checkAllowedHost } from './allowed-hosts.ts'
import { type Resolved, type ResolverFetch, resolveName } from './resolve-name.ts'
import { isSpecialIpv4, isSpecialIpv6 } from './special-addresses.ts'
import { guardUrl, isLoopback, isOwn, REFUSALS } from './url-guard.ts'

export interface AddressRules {
  environment: 'development' | 'production'
  /** Names and zones of our own. */
  ownHosts: readonly string[]
  /** The connector's `egress.allowedHosts`. */
  allowedHosts: readonly string[]
  /** Asks the resolver. */
  fetch: ResolverFetch
}

export type AddressCheck = { ok: true; warnings: string[] } | { ok: false; error: string }

/**
 * The guard of calls, and what the host's name resolves to now: when a connector is saved, and again every hour. A name may change
 * its mind right after (DNS rebinding), so this finds mistakes and lazy attacks; what keeps the others out is that the platform
 * sends such requests to the public internet only. Sentences for the operator.
 */
export async function checkAddress(address: string, rules: AddressRules): Promise<AddressCheck> {
  const { environment, ownHosts, allowedHosts } = rules
  const guarded = guardUrl(address, environment, ownHosts)
  if (!guarded.ok) return { ok: false, error: `the address is refused: ${REFUSALS[guarded.error]}` }
  for (const entry of allowedHosts) {
    const wrong = checkAllowedHost(entry, environment, ownHosts)
    if (wrong !== undefined) return { ok: false, error: wrong }
  }
  const host = guarded.value.hostname
  if (isLoopback(host) || host.startsWith('[') || isSpecialIpv4(host) !== undefined) return { ok: true, warnings: [] }
  try {
    return judge(host, await resolveName(host, rules.fetch), ownHosts)
  } catch (error) {
    return { ok: true, warnings: [`it could not be checked what ${host} resolves to: ${errorMessage(error)}`] }
  }
}

function judge(host: string, { addresses, aliases }: Resolved, ownHosts: readonly string[]): AddressCheck {
  const special = addresses.find((address) => isSpecialIpv4(address) ?? isSpecialIpv6(address))
  if (special !== undefined) return { ok: false, error: `${host} resolves to ${special}, which is not on the public internet` }
  const own = aliases.find((alias) => isOwn(alias, ownHosts))
  if (own !== undefined) return { ok: false, error: `${host} stands for ${own}, which is one of our own` }
  const warnings = addresses.length === 0 ? [`${host} has no address at this moment`] : []
  return { ok: true, warnings }
}
