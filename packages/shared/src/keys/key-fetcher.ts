import { type Clock, withDeadline } from '../core/clock.ts'
import { decodeUtf8, sha256Hex } from '../core/bytes.ts'
import { guardUrl } from '../egress/url-guard.ts'
import type { FetchKey, KeyRequest } from '../verification/types.ts'
import { readCapped } from './read-capped.ts'

/** A sender waits for our answer while we wait for its key, ms. */
export const KEY_DEADLINE_MS = 3_000
/** Sets of keys have a few kilobytes; a certificate chain has some more. */
export const MAX_KEY_BYTES = 65_536
/** Fresh for as long as the sender says, but no longer than this, ms. */
export const MAX_FRESH_MS = 3_600_000
/** Fresh for this long where the sender does not say, ms. */
export const DEFAULT_FRESH_MS = 600_000
/** After a failure the same key is not asked for again for this long, ms. */
export const FAILURE_PAUSE_MS = 5_000
const MAX_ENTRIES = 100

interface Entry {
  /** `undefined`: it could not be had. */
  text: string | undefined
  fetchedAt: number
  freshUntil: number
}

/** What an isolate keeps of senders' keys: data only, so no promise is shared between requests. The oldest make room. */
export class KeyCache {
  readonly #entries = new Map<string, Entry>()

  get(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  set(key: string, entry: Entry): void {
    this.#entries.delete(key)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < MAX_ENTRIES) break
      this.#entries.delete(oldest)
    }
    this.#entries.set(key, entry)
  }
}

export interface KeyFetcherDeps {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: Clock
  /** Never tells the request's body: it may hold credentials. */
  onFailure(url: string, error: unknown): void
}

/**
 * Fetches senders' public keys and certificates: https only, no private address, no redirect, a 200 of at most 64 KiB within
 * 3 s. Which hosts may be asked at all is for the schemes to decide. A key that cannot be fetched again is used until it is an hour old.
 */
export function createKeyFetcher(cache: KeyCache, deps: KeyFetcherDeps): FetchKey {
  return async (request) => {
    // A hash, since what is posted may hold credentials that need not stay in memory.
    const key = await sha256Hex(JSON.stringify([request.url, request.body ?? null]))
    const now = deps.now()
    const known = cache.get(key)
    if (known && now < known.freshUntil) return known.text
    try {
      const { text, freshMs } = await withDeadline(fetchText(request, deps), KEY_DEADLINE_MS, 'the key')
      cache.set(key, { text, fetchedAt: now, freshUntil: now + freshMs })
      return text
    } catch (error) {
      deps.onFailure(request.url, error)
      const stale = known?.text !== undefined && now - known.fetchedAt < MAX_FRESH_MS ? known : undefined
      const freshUntil = now + FAILURE_PAUSE_MS
      cache.set(key, stale ? { ...stale, freshUntil } : { text: undefined, fetchedAt: now, freshUntil })
      return stale?.text
    }
  }
}

async function fetchText({ url, body }: KeyRequest, deps: KeyFetcherDeps): Promise<{ text: string; freshMs: number }> {
  // As in production everywhere: no sender's keys are on loopback, in development neither.
  const target = guardUrl(url, 'production')
  if (!target.ok) throw new Error(`this address is not asked: ${target.error}`)
  const response = await deps.fetch(target.value.href, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: '*/*', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(KEY_DEADLINE_MS),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`answered ${response.status}`)
  }
  const bytes = await readCapped(response, MAX_KEY_BYTES)
  const text = bytes && decodeUtf8(bytes)
  if (text === undefined) throw new Error(`answered more than ${MAX_KEY_BYTES} bytes, or no text`)
  return { text, freshMs: freshMs(response.headers.get('cache-control')) }
}

/** RFC 9111, as far as it matters here: how long the sender lets its answer be kept. */
function freshMs(cacheControl: string | null): number {
  const directives = (cacheControl ?? '').toLowerCase()
  if (/\bno-(store|cache)\b/.test(directives)) return FAILURE_PAUSE_MS
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/.exec(directives)?.[1]
  if (seconds === undefined) return DEFAULT_FRESH_MS
  return Math.min(MAX_FRESH_MS, Math.max(FAILURE_PAUSE_MS, Number(seconds) * 1_000))
}
