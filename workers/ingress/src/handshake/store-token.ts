import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { handshakeTokenName } from '@orchestrator/shared/secrets/handshake-token'

/** Anybody can show a token, so one a second is kept of a provider: a flood must not keep CONTROL_DB busy. ms. */
const MIN_INTERVAL_MS = 1_000

const UPSERT = `INSERT INTO handshake_tokens (provider, iv, ciphertext, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (provider) DO UPDATE SET iv = excluded.iv, ciphertext = excluded.ciphertext, at = excluded.at
WHERE excluded.at - handshake_tokens.at >= ?5`

/** Keeps the token that a sender showed last, sealed. `now` in ms. */
export async function storeToken(
  env: { CONTROL_DB: D1Database; SECRETS_KEY: string },
  provider: string,
  token: string,
  now: number,
): Promise<void> {
  const { iv, ciphertext } = await sealSecret(env.SECRETS_KEY, handshakeTokenName(provider), 1, token)
  const { meta } = await env.CONTROL_DB.prepare(UPSERT).bind(provider, iv, ciphertext, now, MIN_INTERVAL_MS).run()
  // What was not kept is not acknowledged: the sender shows it again.
  if (meta.changes === 0) throw new Error('another token was shown within the same second')
}
