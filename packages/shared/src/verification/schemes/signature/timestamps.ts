import type { SignatureScheme, Tolerance } from '../../../contracts/preset.ts'

type Unit = NonNullable<SignatureScheme['timestamp']>['unit']

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/
/** How a sender spells UTC that may leave it out. */
const UTC = new Set([undefined, 'Z', '+00:00', '+0000'])

/** The time a text spells, in whole seconds since the epoch; `undefined` when it spells none. */
export function parseTimestamp(text: string, unit: Unit): number | undefined {
  const milliseconds = parseMilliseconds(text, unit)
  return milliseconds === undefined ? undefined : Math.floor(milliseconds / 1000)
}

/** The same in milliseconds. Numbers are written as senders write them: without zeros in front. */
export function parseMilliseconds(text: string, unit: Unit): number | undefined {
  switch (unit) {
    case 'seconds':
      return /^(0|[1-9]\d{0,11})$/.test(text) ? Number(text) * 1000 : undefined
    case 'milliseconds':
      return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined
    case 'iso':
    case 'iso-utc':
      return parseIso(text, unit === 'iso-utc')
  }
}

function parseIso(text: string, zoneMayMiss: boolean): number | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const zone = match[2]
  if (zoneMayMiss ? !UTC.has(zone) : zone === undefined) return undefined
  const time = Date.parse(zone === undefined ? `${text}Z` : text)
  return Number.isNaN(time) ? undefined : time
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
