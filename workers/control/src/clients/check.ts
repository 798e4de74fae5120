import type { Client } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Issue } from '@orchestrator/shared/core/errors'
import { isReachable } from './keys.ts'

/** Why a client cannot be saved, by field. */
export function checkClient(client: Client, config: Pick<ConfigSnapshot, 'clients' | 'connectors'>): Issue[] {
  const issues: Issue[] = []
  const refuse = (path: string, message: string) => issues.push({ path, message })
  for (const field of ['scopes', 'connectors', 'queues', 'serviceTokens'] as const) {
    const names: readonly string[] = client[field] ?? []
    if (new Set(names).size < names.length) refuse(field, 'names something twice')
  }
  for (const id of client.connectors ?? []) {
    if (!config.connectors.some((connector) => connector.id === id)) refuse('connectors', `there is no connector ${id}`)
  }
  for (const token of client.serviceTokens) {
    const holder = config.clients.find(({ id, serviceTokens }) => id !== client.id && serviceTokens.includes(token))
    if (holder) refuse('serviceTokens', `${token} stands for the client ${holder.id} already`)
  }
  return issues
}

/** What works, but not as one might think. */
export function warningsOf(client: Client, now: number): string[] {
  const { enabled, scopes, connectors, queues } = client
  const warnings: string[] = []
  if (!enabled) warnings.push('It is disabled: all its requests are answered 401.')
  if (!isReachable(client, now)) {
    warnings.push('It has no key that is valid, and no service token: nobody can come in as it.')
  }
  if (scopes.length === 0) warnings.push('It has no scope: it may do nothing.')
  const calls = scopes.includes('execute') || scopes.includes('jobs:write')
  if (calls && connectors === null) warnings.push('It may call every connector, those that are added later too.')
  if (calls && connectors?.length === 0) warnings.push('Its list of connectors is empty: it may call none.')
  if (scopes.includes('jobs:write') && queues?.length === 0) warnings.push('Its list of queues is empty: it may make no jobs.')
  return warnings
}
