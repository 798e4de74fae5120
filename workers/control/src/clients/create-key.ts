import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ClientKey } from '@orchestrator/shared/contracts/client'
import { type ClientKeyRequest, type CreatedClientKey, clientKeyRequest } from '@orchestrator/shared/contracts/client-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { findOrThrow, refuseIssues, withItem } from '../config/edit.ts'
import { KEY_BYTES, keyName, makeKey, MAX_KEYS, NAME_BYTES, withKey } from './keys.ts'
import { toAuditKeys, toClientView } from './to-api.ts'

interface Deps extends ConfigDeps {
  randomBytes(count: number): Uint8Array
}

/** Gives a client a key. This answer is the only place where it ever stands: of it, only its SHA-256 is kept. */
export async function createClientKey(deps: Deps, by: ChangeContext, id: string, json: unknown): Promise<CreatedClientKey> {
  const request = parseRequest(clientKeyRequest, json)
  const { previousValidForSeconds, reason = null } = request
  const overlapMs = previousValidForSeconds === undefined ? null : previousValidForSeconds * 1_000
  const { key, hash } = await makeKey(deps.randomBytes(KEY_BYTES))
  const keyId = request.id ?? keyName(deps.randomBytes(NAME_BYTES))
  const kept: ClientKey = { id: keyId, hash, createdAt: by.at, expiresAt: expiryOf(request, by.at) }
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findOrThrow(current.clients, id, 'client')
    if (before.keys.some((one) => one.id === keyId)) {
      throw new AppError('conflict', `The client ${id} has a key ${keyId} already.`)
    }
    const keys = withKey(before.keys, kept, by.at, overlapMs)
    if (!keys) throw new AppError('conflict', `The client ${id} has ${MAX_KEYS} keys that are valid: revoke one first.`)
    const client = { ...before, keys }
    return {
      content: { ...contentOf(current), clients: withItem(current.clients, client) },
      audit: {
        action: 'client_key.created',
        target: `client:${id}/${keyId}`,
        reason,
        before: { keys: toAuditKeys(before.keys) },
        after: { keys: toAuditKeys(keys) },
      },
      value: toClientView(client, by.at),
    }
  })
  // Nobody may take a key for one that was only shown: it would open nothing.
  return { key: changed.dryRun ? '' : key, keyId, client: value, ...changed }
}

/** ms; `null` without end. @throws AppError 400 for a time that is over. */
function expiryOf({ expiresAt }: ClientKeyRequest, now: number): number | null {
  if (expiresAt === undefined) return null
  const end = Date.parse(expiresAt)
  if (end <= now) refuseIssues([{ path: 'expiresAt', message: 'is over already: the key would never be valid' }])
  return end
}
