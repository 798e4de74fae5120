import type { SecretRef } from '@orchestrator/shared/contracts/config'
import type { ResolvedSecret } from '@orchestrator/shared/secrets/resolve'

/** As long as a configuration snapshot may be old, ms. A value that runs out is used no longer than this. */
export const SECRET_TTL_MS = 5_000

/** Keeps opened secrets of the snapshot in use, so that not every request decrypts anew. Values only, no promises. */
export class SecretCache {
  readonly #kept = new WeakMap<SecretRef, { at: number; secrets: readonly ResolvedSecret[] }>()

  /** `open` is asked when nothing fresh is kept; what does not resolve is not kept. */
  async get(ref: SecretRef, now: number, open: () => Promise<readonly ResolvedSecret[]>): Promise<readonly ResolvedSecret[]> {
    const kept = this.#kept.get(ref)
    if (kept && now - kept.at < SECRET_TTL_MS) return kept.secrets
    const secrets = await open()
    if (secrets.length > 0) this.#kept.set(ref, { at: now, secrets })
    return secrets
  }
}
