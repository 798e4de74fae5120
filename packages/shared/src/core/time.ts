/** ms since the epoch → RFC 3339 in UTC. */
export function toTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** The same for a time that may be missing. */
export function toTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : toTime(ms)
}
