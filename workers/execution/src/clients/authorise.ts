import type { Client, ClientScope } from '@orchestrator/shared/contracts/client'
import type { QueueName } from '@orchestrator/shared/contracts/queue'
import { AppError } from '@orchestrator/shared/core/errors'

/** Each throws {@link AppError} `forbidden` that names what the client lacks. */
export function requireScope(client: Client, scope: ClientScope): void {
  if (client.scopes.includes(scope)) return
  throw new AppError('forbidden', `The client “${client.id}” lacks the scope “${scope}”.`)
}

export function requireConnector(client: Client, connector: string): void {
  if (allowsConnector(client, connector)) return
  throw new AppError('forbidden', `The client “${client.id}” may not call the connector “${connector}”.`)
}

export function allowsConnector(client: Pick<Client, 'connectors'>, connector: string): boolean {
  return client.connectors === null || client.connectors.includes(connector)
}

export function allowsQueue(client: Pick<Client, 'queues'>, queue: QueueName): boolean {
  return client.queues === null || client.queues.includes(queue)
}
