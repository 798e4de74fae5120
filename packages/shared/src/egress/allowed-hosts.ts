import { isUnder } from './private-names.ts'
import { guardUrl, REFUSALS } from './url-guard.ts'

/** Whether a call may go to a host: the base URL's own, one of the list, or a name under `*.example.com` of the list. */
export function isAllowedHost(host: string, baseUrl: string, allowedHosts: readonly string[]): boolean {
  const name = host.toLowerCase()
  if (URL.canParse(baseUrl) && name === new URL(baseUrl).hostname) return true
  return allowedHosts.some((allowed) => {
    const wanted = allowed.toLowerCase()
    return wanted.startsWith('*.') ? name !== wanted.slice(2) && isUnder(name, wanted.slice(2)) : name === wanted
  })
}

/** What is wrong with an entry of the list, as a sentence; `undefined`: nothing. */
export function checkAllowedHost(
  entry: string,
  environment: 'development' | 'production',
  ownHosts: readonly string[],
): string | undefined {
  const name = entry.startsWith('*.') ? entry.slice(2) : entry
  if (!/^[a-z0-9._:[\]-]+$/i.test(name) || /:\d+$/.test(name.replace(/^\[.*\]/, ''))) {
    return `“${entry}” is not a host name: write “api.example.com” or “*.example.com”, without scheme, port and path`
  }
  const guarded = guardUrl(`https://${name}`, environment, ownHosts)
  return guarded.ok ? undefined : `“${entry}” is refused: ${REFUSALS[guarded.error]}`
}
