import type { ConfigSnapshot, Route } from '@orchestrator/shared/contracts/config'
import type { Issue } from '@orchestrator/shared/core/errors'
import { compileExpression } from '@orchestrator/shared/expressions/compile'

/** Why a route cannot be saved, by field: what it refers to must exist, and what it computes must compile. */
export function checkRoute(route: Route, config: ConfigSnapshot): Issue[] {
  const issues: Issue[] = []
  const refuse = (path: string, message: string) => issues.push({ path, message })
  if (!config.providers.some(({ id }) => id === route.provider)) refuse('provider', `there is no provider ${route.provider}`)
  if (!config.connectors.some(({ id }) => id === route.connector)) {
    refuse('connector', `there is no connector ${route.connector}`)
  } else if (!config.operations.some(({ connector, name }) => connector === route.connector && name === route.operation)) {
    refuse('operation', `the connector ${route.connector} has no operation ${route.operation}`)
  }
  if (route.policy !== null && !config.policies.some(({ id }) => id === route.policy)) {
    refuse('policy', `there is no policy ${route.policy}`)
  }
  for (const field of ['filter', 'input', 'orderingKey'] as const) {
    const text = route[field]
    const compiled = text === null ? undefined : compileExpression(text)
    if (compiled && !compiled.ok) refuse(field, `is no JSONata that can be run: ${compiled.error.message}`)
  }
  return issues
}
