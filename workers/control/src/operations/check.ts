import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector, Operation } from '@orchestrator/shared/contracts/connector'
import { statusPattern } from '@orchestrator/shared/contracts/policy'
import { patternIssues } from '@orchestrator/shared/contracts/policy-input'
import type { Issue } from '@orchestrator/shared/core/errors'
import { isForwardable } from '@orchestrator/shared/egress/forwardable-headers'
import { compileExpression } from '@orchestrator/shared/expressions/compile'
import { checkSchema } from '@orchestrator/shared/json-schema/validate'
import { isIdempotent } from '@orchestrator/shared/policy/is-idempotent'
import type { EgressRules } from '../connectors/address-issue.ts'
import { pathIssue } from './check-path.ts'

const NEVER_SENT_ON = 'is never sent on: it belongs to one connection, or proves who somebody is'

/** Why an operation cannot be saved, by field. */
export function checkOperation(
  operation: Operation,
  connector: Connector,
  { policies }: Pick<ConfigSnapshot, 'policies'>,
  rules: EgressRules,
): Issue[] {
  const { method, path, body, raw, policy, response, success } = operation
  const issues: Issue[] = []
  const refuse = (field: string, message: string | null) => message !== null && issues.push({ path: field, message })
  refuse('path', pathIssue(path, connector.baseUrl, rules))
  if (raw && body !== null) refuse('body', 'raw sends the body as it came, so nothing can be mapped: leave one of them out')
  if (method === 'GET' && raw) refuse('raw', 'a GET sends no body')
  if (method === 'GET' && body !== null) refuse('body', 'a GET sends no body: put fields into the path, such as /find?q={q}')
  refuse('body', expressionIssue(body))
  refuse('response', expressionIssue(response))
  refuse('success.when', expressionIssue(success?.when ?? null))
  for (const message of statusesIssues(success?.statuses ?? [])) refuse('success.statuses', message)
  for (const { path: at, message } of operation.inputSchema === null ? [] : checkSchema(operation.inputSchema)) {
    refuse(at === '' ? 'inputSchema' : `inputSchema.${at}`, message)
  }
  if (policy !== null && !policies.some(({ id }) => id === policy)) refuse('policy', `there is no policy ${policy}`)
  operation.forwardHeaders.forEach((name, i) => refuse(`forwardHeaders.${i}`, isForwardable(name) ? null : NEVER_SENT_ON))
  return issues
}

function expressionIssue(text: string | null): string | null {
  const compiled = text === null ? undefined : compileExpression(text)
  return compiled && !compiled.ok ? `is no JSONata that can be run: ${compiled.error.message}` : null
}

function statusesIssues(statuses: readonly string[]): string[] {
  const unreadable = statuses.filter((status) => !statusPattern.safeParse(status).success)
  if (unreadable.length === 0) return patternIssues(statuses)
  return [`has ${unreadable.join(', ')}: write a status (200), a class (2xx) or a range (200-204), with ! to exclude`]
}

/** What works, but not as one might think. */
export function warningsOf(operation: Operation, config: ConfigSnapshot): string[] {
  const warnings: string[] = []
  const connector = config.connectors.find(({ id }) => id === operation.connector)
  const policyId = operation.policy ?? connector?.policy
  const policy = config.policies.find(({ id }) => id === policyId)
  if (policy?.hedge && !isIdempotent(operation)) {
    warnings.push(`The policy ${policy.id} hedges calls, but not of this operation: a second call may change something more.`)
  }
  if (operation.idempotent === true && !isIdempotent({ ...operation, idempotent: null })) {
    warnings.push(`${operation.method} is called idempotent: that must be so at the upstream, since it may be called twice.`)
  }
  return warnings
}
