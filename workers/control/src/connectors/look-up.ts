import type { AddressCheck } from '@orchestrator/shared/egress/check-address'
import { refuseIssues } from '../config/edit.ts'
import { addressIssue, type EgressRules } from './address-issue.ts'

export interface LookUpDeps {
  egressRules: EgressRules
  /** What the name of an address resolves to. Never throws. */
  lookUp(address: string): Promise<AddressCheck>
}

/**
 * Looks up where the names of the addresses lead that a write gives, before it is decided on: that takes a trip to the resolver.
 * What the guard refuses by itself is told with all else that is wrong. Answers what is odd about them.
 * @throws AppError 400 where one leads to a place that no connector may call.
 */
export async function lookUpAddresses(deps: LookUpDeps, fields: Record<string, unknown>): Promise<string[]> {
  const { baseUrl, auth } = fields
  const tokenUrl = auth !== null && typeof auth === 'object' && 'tokenUrl' in auth ? auth.tokenUrl : undefined
  const given = Object.entries({ baseUrl, 'auth.tokenUrl': tokenUrl }).flatMap(([path, address]) =>
    typeof address === 'string' && addressIssue(address, deps.egressRules) === null ? [{ path, address }] : [],
  )
  const checked = await Promise.all(given.map(async ({ path, address }) => ({ path, check: await deps.lookUp(address) })))
  refuseIssues(checked.flatMap(({ path, check }) => (check.ok ? [] : [{ path, message: check.error }])))
  return checked.flatMap(({ path, check }) => (check.ok ? check.warnings.map((warning) => `${path}: ${warning}.`) : []))
}
