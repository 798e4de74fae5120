import type { JWK } from 'jose'
import * as z from 'zod'
import { err, ok, type Result } from '../core/result.ts'
import { JWKS_FAILURE_PAUSE_MS, JWKS_FRESH_MS, JWKS_TIMEOUT_MS, MAX_REFETCHES, REFETCH_WINDOW_MS } from './constants.ts'
import type { AccessRejection } from './rejection.ts'

/** Asks the issuer for its keys. Rejects when it does not answer properly. */
export type FetchJwks = () => Promise<readonly JWK[]>

/** Finds the public key with an id. */
export type FindKey = (kid: string) => Promise<Result<JWK, AccessRejection>>

const rsaKey = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string().min(1),
  n: z.string(),
  e: z.string(),
  alg: z.literal('RS256').optional(),
  use: z.literal('sig').optional(),
})
const jwks = z.object({ keys: z.array(z.unknown()) })

/** The port to the issuer: `<issuer>/cdn-cgi/access/certs`, at most 2 s, no redirects; keys of other kinds are left out. */
export function createJwksFetcher(issuer: string, fetcher: typeof fetch): FetchJwks {
  return async () => {
    const response = await fetcher(`${issuer}/cdn-cgi/access/certs`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(JWKS_TIMEOUT_MS),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new Error(`the issuer answered ${response.status} for its keys`)
    }
    return jwks.parse(await response.json()).keys.flatMap((key) => rsaKey.safeParse(key).data ?? [])
  }
}

/**
 * An isolate's copy of the issuer's keys: data only, so no promise is shared between requests. Keys go stale after an
 * hour and are then still used when the issuer does not answer. An unknown id causes one fetch, within a budget.
 */
export class JwksCache {
  #keys: ReadonlyMap<string, JWK> = new Map()
  #fetchedAt = Number.NEGATIVE_INFINITY
  #failedAt = Number.NEGATIVE_INFINITY
  #refetches: readonly number[] = []

  /** The key with this id; `now` in ms. */
  async find(
    kid: string,
    now: number,
    fetchJwks: FetchJwks,
    onFailure?: (error: unknown) => void,
  ): Promise<Result<JWK, AccessRejection>> {
    const known = this.#keys.get(kid)
    if (known && now - this.#fetchedAt < JWKS_FRESH_MS) return ok(known)
    if (this.#mayFetch(now)) await this.#fetch(now, fetchJwks, onFailure)
    const key = this.#keys.get(kid)
    if (key) return ok(key)
    return err(this.#keys.size === 0 ? { reason: 'keys_unavailable' } : { reason: 'key_unknown', kid })
  }

  #mayFetch(now: number): boolean {
    if (now - this.#failedAt < JWKS_FAILURE_PAUSE_MS) return false
    if (now - this.#fetchedAt >= JWKS_FRESH_MS) return true
    this.#refetches = this.#refetches.filter((at) => now - at < REFETCH_WINDOW_MS)
    if (this.#refetches.length >= MAX_REFETCHES) return false
    this.#refetches = [...this.#refetches, now]
    return true
  }

  async #fetch(now: number, fetchJwks: FetchJwks, onFailure?: (error: unknown) => void): Promise<void> {
    try {
      const keys = await fetchJwks()
      if (keys.length === 0) throw new Error('the issuer has no usable key')
      this.#keys = new Map(keys.map((key) => [String(key.kid), key]))
      this.#fetchedAt = now
    } catch (error) {
      this.#failedAt = now
      onFailure?.(error)
    }
  }
}
