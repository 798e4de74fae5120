import { guardUrl, REFUSALS } from '@orchestrator/shared/egress/url-guard'

/** Where a connector of this stack may call. */
export interface EgressRules {
  environment: 'development' | 'production'
  /** Names and zones of our own. */
  ownHosts: readonly string[]
}

/** Why an address may not be called, for the person who wrote it; `null` when it may. The same guard stands before each call. */
export function addressIssue(address: string, { environment, ownHosts }: EgressRules): string | null {
  const guarded = guardUrl(address, environment, ownHosts)
  return guarded.ok ? null : `is refused: ${REFUSALS[guarded.error]}`
}
