import { usageError } from './cli-error.ts'

const MAX_LIMIT = 10_000

/** `--limit`: how many items of a list, over as many pages as that takes. */
export function readLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw usageError(`--limit is a number from 1 to ${MAX_LIMIT}`)
  return limit
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A time in UTC, from RFC 3339 (`2026-11-30T08:00:00Z`), a day (`2026-11-30`), or how long ago (`90m`, `24h`, `7d`). `now` in ms. */
export function readTime(name: string, text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined
  const ago = /^(\d{1,6})([smhd])$/.exec(text)
  if (ago) return new Date(now - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS]).toISOString()
  const known = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
  const at = known && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw usageError(`${name} is a time such as 2026-11-30T08:00:00Z, 2026-11-30, or 24h for a day ago`)
  return new Date(at).toISOString()
}

/** Whether the calendar has it: `Date` takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const at = Date.parse(text)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
