const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time in ms, to two units at most: `0.4 ms`, `240 ms`, `1.4 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–'
  if (ms > 0 && ms < 1) return `${ms.toFixed(1)} ms`
  if (Math.round(ms) < SECOND) return `${Math.round(ms)} ms`
  if (Math.round(ms / 100) / 10 < 60) return `${trimZero((ms / SECOND).toFixed(1))} s`
  const seconds = Math.round(ms / SECOND)
  if (seconds < 3_600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(ms / MINUTE)
  if (minutes < 1_440) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(ms / HOUR)
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text
}

/** How far a time is from now: `just now`, `12 s ago`, `5 min ago`, `3 d ago`, `in 4 s`. `now` in ms. */
export function formatRelative(time: string, now: number): string {
  const difference = now - Date.parse(time)
  if (Number.isNaN(difference)) return '–'
  const distance = Math.abs(difference)
  if (distance < 2 * SECOND) return 'just now'
  const text = largestUnit(distance)
  return difference > 0 ? `${text} ago` : `in ${text}`
}

function largestUnit(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`
  return `${Math.floor(ms / DAY)} d`
}

/** The whole time, to the millisecond, in the given zone (the browser's by default): `23 Nov 2026, 20:41:07.123 GMT+1`. */
export function formatAbsolute(time: string, timeZone?: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date)
}

/** The time of day, to the millisecond: `20:41:07.123`. */
export function formatClock(time: string, timeZone?: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date)
}

/** A size in bytes: `812 B`, `6.1 KB`, `25 MB` (1 KB = 1024 B). */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`
  if (bytes < 1_048_576) return `${trimZero((bytes / 1_024).toFixed(1))} KB`
  return `${trimZero((bytes / 1_048_576).toFixed(1))} MB`
}

/** Whole numbers with separators, so that 12000 and 1200 are told apart at a glance. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat('en-GB').format(count)
}

/**
 * An id short enough for a table: its prefix and its last eight characters, where ids differ (`job_…7K2QF3XA`).
 * Short ids stay as they are.
 */
export function shortenId(id: string): string {
  const match = /^([a-z]+_)([0-9A-Za-z]{13,})(\.\d+)?$/.exec(id)
  if (!match) return id.length > 24 ? `${id.slice(0, 6)}…${id.slice(-8)}` : id
  const [, prefix = '', body = '', suffix = ''] = match
  return `${prefix}…${body.slice(-8)}${suffix}`
}

/** The trace id inside a W3C traceparent; anything else unchanged. */
export function traceIdOf(traceparent: string): string {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1] ?? traceparent
}

/** A field name of the API as words: `signatureAgeMs` → `Signature age (ms)`, `set_by` → `Set by`. */
export function humanizeKey(key: string): string {
  const unit = /(?:Ms|_ms)$/.test(key) ? ' (ms)' : /(?:Seconds|_seconds)$/.test(key) ? ' (s)' : ''
  const words = key
    .replace(/(?:Ms|_ms|Seconds|_seconds)$/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${unit}`
}

/** Any JSON value as one line. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string') return value === '' ? '(empty)' : value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return JSON.stringify(value)
}

/** A count that was only read up to a cap: `500+`. */
export function formatCapped(count: number, capped: boolean): string {
  return `${formatCount(count)}${capped ? '+' : ''}`
}

/** A fact about a verified signature: its time, which senders give in seconds, as a time; the rest as it is. */
export function formatVerificationFact(key: string, value: unknown, timeZone?: string): string {
  if (key !== 'timestamp' || typeof value !== 'number') return formatValue(value)
  return formatAbsolute(new Date(value * 1_000).toISOString(), timeZone)
}
