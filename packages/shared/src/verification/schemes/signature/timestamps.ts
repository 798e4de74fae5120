import type { SignatureScheme, Tolerance } from '../../../contracts/preset.ts'

type Unit = NonNullable<SignatureScheme['timestamp']>['unit']

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i

/** The time a text spells, in whole seconds since the epoch; `undefined` when it spells none. */
export function parseTimestamp(text: string, unit: Unit): number | undefined {
  switch (unit) {
    case 'seconds':
      return /^\d{1,12}$/.test(text) ? Number(text) : undefined
    case 'milliseconds':
      return /^\d{1,15}$/.test(text) ? Math.floor(Number(text) / 1000) : undefined
    case 'iso':
    case 'iso-utc':
      return parseIso(text, unit === 'iso-utc')
  }
}

function parseIso(text: string, zoneMayMiss: boolean): number | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const zone = match[2]
  if (zone === undefined && !zoneMayMiss) return undefined
  const time = Date.parse(zone === undefined ? `${text}Z` : text)
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}

/** How a sender writes this time. `seconds` since the epoch. */
export function formatTimestamp(seconds: number, unit: Unit): string {
  switch (unit) {
    case 'seconds':
      return String(seconds)
    case 'milliseconds':
      return String(seconds * 1000)
    case 'iso':
      return new Date(seconds * 1000).toISOString()
    case 'iso-utc':
      return new Date(seconds * 1000).toISOString().replace(/Z$/, '')
  }
}

/** Whether an age (seconds, negative in the future) is within the tolerance; `override` replaces it in both directions. */
export function checkAge(
  ageSeconds: number,
  tolerance: Tolerance,
  override: number | undefined,
): 'timestamp_too_old' | 'timestamp_in_future' | undefined {
  if (ageSeconds > (override ?? tolerance.pastSeconds)) return 'timestamp_too_old'
  const future = override ?? tolerance.futureSeconds
  return future !== null && -ageSeconds > future ? 'timestamp_in_future' : undefined
}
