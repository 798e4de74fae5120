import { putNewest } from '@orchestrator/shared/core/put-newest'

const MAX_ENTRIES = 1_000

/** Tokens that an isolate got, as data: no request waits for another's. */
export class TokenCache {
  readonly #tokens = new Map<string, { token: string; until: number }>()
  readonly #failures = new Map<string, { error: string; until: number }>()

  /** A token that is valid at `now`, ms. */
  token(key: string, now: number): string | undefined {
    const known = this.#tokens.get(key)
    return known && known.until > now ? known.token : undefined
  }

  /** Why no token could be got, as long as asking again is too soon. */
  failure(key: string, now: number): string | undefined {
    const known = this.#failures.get(key)
    return known && known.until > now ? known.error : undefined
  }

  keep(key: string, token: string, until: number): void {
    putNewest(this.#tokens, key, { token, until }, MAX_ENTRIES)
    this.#failures.delete(key)
  }

  fail(key: string, error: string, until: number): void {
    putNewest(this.#failures, key, { error, until }, MAX_ENTRIES)
  }

  /** Forgets a token that was refused, unless another one has come meanwhile. */
  drop(key: string, token: string): void {
    if (this.#tokens.get(key)?.token === token) this.#tokens.delete(key)
  }
}
