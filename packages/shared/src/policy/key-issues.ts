import type { Policy } from '../contracts/policy.ts'
import type { Issue } from '../core/errors.ts'
import { compileExpression } from '../expressions/compile.ts'

/** Why the keys of a policy's limits cannot be used, by field: they must be JSONata that may be run. */
export function keyIssues(policy: Pick<Policy, 'rateLimit' | 'concurrency'>): Issue[] {
  return (['rateLimit', 'concurrency'] as const).flatMap((limit) => {
    const key = policy[limit]?.key ?? null
    const compiled = key === null ? undefined : compileExpression(key)
    if (!compiled || compiled.ok) return []
    return [{ path: `${limit}.key`, message: `is no JSONata that can be run: ${compiled.error.message}` }]
  })
}
