import { guardUrl, type UrlRefusal } from '@orchestrator/shared/egress/url-guard'

/** Where a connector of this stack may call. */
export interface EgressRules {
  environment: 'development' | 'production'
  /** Names and zones of our own. */
  ownHosts: readonly string[]
}

const WORDS: Readonly<Record<UrlRefusal, string>> = {
  not_a_url: 'is no address',
  not_https: 'must begin with https://',
  has_credentials: 'has credentials in it: they belong in a secret, under auth',
  has_fragment: 'the part after # is never sent: leave it out',
  private_address: 'leads to a private, local or reserved address, which no connector may call',
  own_address: 'leads to Orchestrator itself, which no connector may call',
}

/** Why an address may not be called, for the person who wrote it; `null` when it may. The same guard stands before each call. */
export function addressIssue(address: string, { environment, ownHosts }: EgressRules): string | null {
  const guarded = guardUrl(address, environment, ownHosts)
  return guarded.ok ? null : WORDS[guarded.error]
}
