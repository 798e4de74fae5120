import { clientEtag } from '@orchestrator/shared/config/etag'
import type { Client, ClientKey } from '@orchestrator/shared/contracts/client'
import type { ClientKeyView, ClientView } from '@orchestrator/shared/contracts/client-api'
import { toTime, toTimeOrNull } from '@orchestrator/shared/core/time'
import { warningsOf } from './check.ts'
import { isExpired } from './keys.ts'

/** A client without the hashes of its keys. Warnings and what has expired go by `now`, ms. */
export function toClientView(client: Client, now: number): ClientView {
  return {
    ...client,
    etag: clientEtag(client),
    keys: client.keys.map((key) => toKeyView(key, now)),
    warnings: warningsOf(client, now),
  }
}

function toKeyView(key: ClientKey, now: number): ClientKeyView {
  const { id, createdAt, expiresAt } = key
  return { id, createdAt: toTime(createdAt), expiresAt: toTimeOrNull(expiresAt), expired: isExpired(key, now) }
}

/** As the audit log keeps it, which hides every field that sounds like a secret: the names of service tokens are none. */
export function toAuditView({ keys, serviceTokens, ...client }: Client): object {
  return { ...client, accessClients: serviceTokens, keys: toAuditKeys(keys) }
}

/** Which keys there are, and until when. */
export function toAuditKeys(keys: readonly ClientKey[]): object[] {
  return keys.map(({ id, createdAt, expiresAt }) => ({
    id,
    createdAt: toTime(createdAt),
    expiresAt: toTimeOrNull(expiresAt),
  }))
}
