import type { LastUseRow } from '@orchestrator/shared/db/control-schema'

/** A token that a sender showed, as it is kept. */
export interface HandshakeTokenRow {
  provider: string
  iv: string
  ciphertext: string
}

/** There is one a provider at most. */
export async function readHandshakeTokens(db: D1Database): Promise<HandshakeTokenRow[]> {
  const { results } = await db.prepare('SELECT provider, iv, ciphertext FROM handshake_tokens').all<HandshakeTokenRow>()
  return results
}

/** The same token under another key, unless another was shown meanwhile. */
export function replaceHandshakeToken(
  db: D1Database,
  { provider, iv }: HandshakeTokenRow,
  sealed: { iv: string; ciphertext: string },
): D1PreparedStatement {
  return db
    .prepare('UPDATE handshake_tokens SET iv = ?3, ciphertext = ?4 WHERE provider = ?1 AND iv = ?2')
    .bind(provider, iv, sealed.iv, sealed.ciphertext)
}

/** A handful of rows for each provider and connector that there ever was. */
export async function readLastUses(db: D1Database): Promise<LastUseRow[]> {
  const { results } = await db.prepare('SELECT kind, id, which, at FROM last_uses').all<LastUseRow>()
  return results
}
