import { CLIENT_SCOPES, type Client } from '@orchestrator/shared/contracts/client'
import { sha256Hex } from '@orchestrator/shared/core/bytes'

/** A client that may do everything, and its key. Ids are its own: tests do not meet. */
export async function testClient(changes: Partial<Client> = {}): Promise<{ client: Client; key: string }> {
  const id = `client-${crypto.randomUUID().slice(0, 8)}`
  const key = `ork_test_${id}`
  const client: Client = {
    id,
    name: id,
    enabled: true,
    keys: [{ id: 'first', hash: await sha256Hex(key), createdAt: 0, expiresAt: null }],
    scopes: [...CLIENT_SCOPES],
    connectors: null,
    queues: null,
    rateLimit: null,
    serviceTokens: [],
    ...changes,
  }
  return { client, key }
}
