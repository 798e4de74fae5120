/**
 * How long an upstream asks to be left alone. `Retry-After` is its clear word (RFC 9110, section 10.2.3) and goes before the
 * headers that describe a rate limit. Those say when the limit begins anew, which is a wait only for whoever used it up: when
 * nothing remains, or the answer is 429 or 503. They are, in the order in which they are believed:
 * - `RateLimit: "default";r=0;t=30` (draft-ietf-httpapi-ratelimit-headers), and as its drafts 6 and 7 had it
 *   `RateLimit: limit=10, remaining=0, reset=30`;
 * - `RateLimit-Reset`, seconds from now; `X-RateLimit-Reset-After`, the same with a fraction (Discord);
 * - `X-RateLimit-Reset`, which vendors fill with seconds or milliseconds since the epoch, seconds from now, or a date.
 */
import type { RetryPolicy } from '../contracts/policy.ts'
import { parseDateFromNow, parseRetryAfter } from '../core/retry-after.ts'
import { type Item, parseItemDictionary, parseItemList } from './structured-fields.ts'
import type { CallEnd } from './types.ts'

export type Answered = Extract<CallEnd, { kind: 'answered' }>

/** Below this many seconds a number is a time from now, above it a time since the epoch (2001 and later). */
const FIRST_EPOCH_SECONDS = 1e9
/** More is no number of seconds of our time: then it counts milliseconds, or finer. */
const LAST_EPOCH_SECONDS = 1e11
/** No limit begins anew after more than a year. */
const MAX_DELTA_SECONDS = 366 * 86_400

/** What the answer asks for, ms from `now`; `undefined` when it asks for nothing that can be read. */
export function askedWait(
  { status, headers }: Pick<Answered, 'status' | 'headers'>,
  retry: Pick<RetryPolicy, 'respectRetryAfter' | 'resetHeaders'>,
  now: number,
): number | undefined {
  const retryAfter = retry.respectRetryAfter ? headers['retry-after'] : undefined
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now)
  if (asked !== undefined || !retry.resetHeaders) return asked
  const used = status === 429 || status === 503
  const windows: LimitWindow[] = [
    ietfWindow(headers['ratelimit'] ?? ''),
    { remaining: headers['ratelimit-remaining'], reset: headers['ratelimit-reset'] },
    { remaining: headers['x-ratelimit-remaining'], reset: headers['x-ratelimit-reset-after'] },
    { remaining: headers['x-ratelimit-remaining'], reset: headers['x-ratelimit-reset'] },
  ]
  for (const { remaining, reset } of windows) {
    if (reset === undefined || !(used || isZero(remaining))) continue
    const wait = parseReset(reset, now)
    if (wait !== undefined) return wait
  }
  return undefined
}

/** When a limit begins anew, ms from now: a number of any of the kinds in use, or a date. `undefined` when it is none. */
export function parseReset(header: string, now: number): number | undefined {
  const text = header.trim()
  if (!/^\d{1,19}(?:\.\d{1,9})?$/.test(text)) return parseDateFromNow(text, now)
  let seconds = Number(text)
  while (seconds >= LAST_EPOCH_SECONDS) seconds /= 1_000
  if (seconds >= FIRST_EPOCH_SECONDS) return Math.max(0, Math.ceil(seconds * 1_000 - now))
  return seconds <= MAX_DELTA_SECONDS ? Math.ceil(seconds * 1_000) : undefined
}

/** How a limit stands, as texts of headers. */
interface LimitWindow {
  remaining: string | undefined
  reset: string | undefined
}

/** Of several limits the one that holds us: that with the least left, and of those the last to begin anew. */
function ietfWindow(header: string): LimitWindow {
  const listed = parseItemList(header)
  if (!listed) {
    const dictionary = parseItemDictionary(header)
    return { remaining: textOf(dictionary?.get('remaining')), reset: textOf(dictionary?.get('reset')) }
  }
  const limits = listed.flatMap(({ params }) => {
    const [left, resetSeconds] = [params.get('r'), params.get('t')]
    return typeof left === 'number' && typeof resetSeconds === 'number' ? [{ left, resetSeconds }] : []
  })
  limits.sort((a, b) => a.left - b.left || b.resetSeconds - a.resetSeconds)
  return { remaining: limits[0]?.left.toString(), reset: limits[0]?.resetSeconds.toString() }
}

function textOf(item: Item | undefined): string | undefined {
  return typeof item?.value === 'number' ? item.value.toString() : undefined
}

function isZero(text: string | undefined): boolean {
  return text !== undefined && /^-?0+(?:\.0+)?$/.test(text.trim())
}
