import { putNewest } from '../core/put-newest.ts'
import { type Clock, withDeadline } from '../core/clock.ts'
import { decodeUtf8, sha256Hex } from '../core/bytes.ts'
import { readStream } from '../core/read-stream.ts'
import { guardUrl } from '../egress/url-guard.ts'
import type { FetchKey } from '../verification/types.ts'

/** A sender waits for our answer while we wait for its key, ms. */
export const KEY_DEADLINE_MS = 3_000
/** Sets of keys have a few kilobytes; those with a certificate chain for each key have some more. */
export const MAX_KEY_BYTES = 65_536
/** Fresh for as long as the sender says, but no longer than this, ms. */
export const MAX_FRESH_MS = 3_600_000
/** Fresh for this long where the sender does not say, ms. */
export const DEFAULT_FRESH_MS = 600_000
/** After a failure the same key is not asked for again for this long, ms. */
export const FAILURE_PAUSE_MS = 5_000
/** A wish for a fresh answer is heard when the one at hand is at least this old, ms. Tokens of strangers can cause such wishes. */
export const REFRESH_PAUSE_MS = 30_000
/** One sender's hosts together are asked no more often than this in a minute, whatever strangers make us look for. */
export const MAX_ASKED_PER_MINUTE = 60
const MAX_ENTRIES = 100
/** Answers that say that there is no such key. */
const NO_SUCH_KEY: ReadonlySet<number> = new Set([400, 404, 410])

type Answer = string | null | undefined

interface Entry {
  answer: Answer
  fetchedAt: number
  freshUntil: number
}

/**
 * What an isolate keeps of senders' keys: data only, so no promise is shared between requests. The oldest make room; what was not
 * found has room of its own, since strangers can name as many keys that are none as they like.
 */
export class KeyCache {
  readonly #found = new Map<string, Entry>()
  readonly #missing = new Map<string, Entry>()
  readonly #asked = new Map<string, number[]>()

  get(key: string): Entry | undefined {
    return this.#found.get(key) ?? this.#missing.get(key)
  }

  set(key: string, entry: Entry): void {
    this.#found.delete(key)
    this.#missing.delete(key)
    const entries = typeof entry.answer === 'string' ? this.#found : this.#missing
    putNewest(entries, key, entry, MAX_ENTRIES)
  }

  /** Whether this host may be asked now; a yes counts. Names below a sender's domain count together: strangers can make them up. */
  mayAsk(host: string, now: number): boolean {
    const domain = host.split('.').slice(-2).join('.')
    const recent = (this.#asked.get(domain) ?? []).filter((at) => now - at < 60_000)
    const may = recent.length < MAX_ASKED_PER_MINUTE
    if (may) recent.push(now)
    if (this.#asked.size >= MAX_ENTRIES && !this.#asked.has(domain)) this.#asked.clear()
    this.#asked.set(domain, recent)
    return may
  }
}

export interface KeyFetcherDeps {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: Clock
  /** Never tells the request's body: it may hold credentials. */
  onFailure: (url: string, error: unknown) => void
}

/**
 * Fetches senders' public keys and certificates: https only, no private address, no redirect, an answer of at most 64 KiB within
 * 3 s. Which hosts may be asked at all is for the schemes to decide. A key that cannot be fetched again is used until it is an
 * hour old.
 */
export function createKeyFetcher(cache: KeyCache, deps: KeyFetcherDeps): FetchKey {
  return async (request) => {
    // A hash, since what is posted may hold credentials that need not stay in memory.
    const key = await sha256Hex(JSON.stringify([request.url, request.body ?? null]))
    const now = deps.now()
    const known = cache.get(key)
    const wanted = request.fresh === true && known !== undefined && now - known.fetchedAt >= REFRESH_PAUSE_MS
    if (known && now < known.freshUntil && !wanted) return known.answer
    try {
      const target = guardedUrl(request.url)
      if (!cache.mayAsk(target.host, now)) throw new Error('this host was asked too often in the last minute')
      const { answer, freshMs } = await withDeadline(ask(target, request.body, deps), KEY_DEADLINE_MS, 'the key')
      cache.set(key, { answer, fetchedAt: now, freshUntil: now + freshMs })
      return answer
    } catch (error) {
      deps.onFailure(request.url, error)
      const stale = typeof known?.answer === 'string' && now - known.fetchedAt < MAX_FRESH_MS ? known : undefined
      const freshUntil = now + FAILURE_PAUSE_MS
      cache.set(key, stale ? { ...stale, freshUntil } : { answer: undefined, fetchedAt: now, freshUntil })
      return stale?.answer
    }
  }
}

/** As in production everywhere: no sender's keys are on loopback, in development neither. */
function guardedUrl(address: string): URL {
  const guarded = guardUrl(address, 'production')
  if (guarded.ok) return guarded.value
  throw new Error(`this address is not asked: ${guarded.error}`)
}

async function ask(target: URL, body: string | undefined, deps: KeyFetcherDeps): Promise<{ answer: Answer; freshMs: number }> {
  const response = await deps.fetch(target.href, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: '*/*', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(KEY_DEADLINE_MS),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    if (NO_SUCH_KEY.has(response.status)) return { answer: null, freshMs: FAILURE_PAUSE_MS }
    throw new Error(`answered ${response.status}`)
  }
  const bytes = await readStream(response.body, MAX_KEY_BYTES)
  const text = bytes && decodeUtf8(bytes)
  if (text === undefined) throw new Error(`answered more than ${MAX_KEY_BYTES} bytes, or no text`)
  return { answer: text, freshMs: freshMs(response.headers.get('cache-control')) }
}

/** RFC 9111, as far as it matters here: how long the sender lets its answer be kept. */
function freshMs(cacheControl: string | null): number {
  const directives = (cacheControl ?? '').toLowerCase()
  if (/\bno-(store|cache)\b/.test(directives)) return FAILURE_PAUSE_MS
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/.exec(directives)?.[1]
  if (seconds === undefined) return DEFAULT_FRESH_MS
  return Math.min(MAX_FRESH_MS, Math.max(FAILURE_PAUSE_MS, Number(seconds) * 1_000))
}
