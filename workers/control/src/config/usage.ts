import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError } from '@orchestrator/shared/core/errors'

/** Who stands upon what: none of it can be taken away while somebody does. */
export function usersOfConnector(id: string, { operations, routes, clients }: ConfigSnapshot) {
  return {
    operations: operations.flatMap(({ connector, name }) => (connector === id ? name : [])),
    routes: routes.flatMap((route) => (route.connector === id ? route.id : [])),
    clients: clients.flatMap((client) => (client.connectors?.includes(id) ? client.id : [])),
  }
}

/** Operations as `connector/operation`. */
export function usersOfPolicy(
  id: string,
  { connectors, operations, routes }: Pick<ConfigSnapshot, 'connectors' | 'operations' | 'routes'>,
) {
  return {
    connectors: connectors.flatMap((connector) => (connector.policy === id ? connector.id : [])),
    operations: operations.flatMap(({ connector, name, policy }) => (policy === id ? `${connector}/${name}` : [])),
    routes: routes.flatMap((route) => (route.policy === id ? route.id : [])),
  }
}

/** @throws AppError 409 that names the users. `users` by what they are. */
export function refuseWhileUsed(what: string, users: Readonly<Record<string, readonly string[]>>): void {
  const named = Object.entries(users).flatMap(([kind, ids]) => (ids.length > 0 ? `${kind} ${ids.join(', ')}` : []))
  if (named.length === 0) return
  throw new AppError('conflict', `The ${what} is still in use by ${named.join('; ')}. Change or delete them first.`)
}
