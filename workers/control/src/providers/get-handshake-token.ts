import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { HandshakeToken } from '@orchestrator/shared/contracts/sender-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { handshakeTokenName } from '@orchestrator/shared/secrets/handshake-token'
import { toTime } from '@orchestrator/shared/core/time'

interface Deps {
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  /** `undefined` when the key does not fit. */
  openSecret(name: string, sealed: { version: number; iv: string; ciphertext: string }): Promise<string | undefined>
}

interface Row {
  iv: string
  ciphertext: string
  at: number
}

/**
 * The token that a sender showed last, for an operator to carry back to it. The one value that is read again: some senders take
 * it for the signing secret from then on, so who reads it is written down before it is answered.
 */
export async function getHandshakeToken(deps: Deps, by: ChangeContext, id: string): Promise<HandshakeToken> {
  const row = await deps.control((db) =>
    db.prepare('SELECT iv, ciphertext, at FROM handshake_tokens WHERE provider = ?').bind(id).first<Row>(),
  )
  const token = row && (await deps.openSecret(handshakeTokenName(id), { version: 1, iv: row.iv, ciphertext: row.ciphertext }))
  if (!row || token === undefined || token === null) throw new AppError('not_found', `No sender has shown a token to ${id}.`)
  const entry = { action: 'provider.token_read' as const, target: `provider:${id}`, reason: null, intentSeq: null }
  await deps.appendAudit({ ...by, ...entry, before: null, after: null })
  return { token, shownAt: toTime(row.at) }
}
