import type { Policy } from '@orchestrator/shared/contracts/policy'
import { policyInput } from '@orchestrator/shared/contracts/policy-input'
import { keyIssues } from '@orchestrator/shared/policy/key-issues'
import { refuseIssues } from '../config/edit.ts'
import { merge, parseStrictly } from '../config/read-input.ts'

/** The policy that these fields describe, upon what it was before. @throws AppError 400 naming each field that is wrong. */
export function readPolicy(before: object, fields: Record<string, unknown>): Policy {
  const policy = parseStrictly(policyInput, merge(before, fields, []))
  refuseIssues(keyIssues(policy))
  return policy
}
