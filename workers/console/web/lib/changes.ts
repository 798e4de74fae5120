/** One field that an action set. It had no value before when `before` is `undefined`. */
export interface Change {
  field: string
  before: unknown
  after: unknown
}

/**
 * What an audit entry changed: the fields of `after` that differ from `before`. An entry without `after` (an intent, a
 * refusal) changed nothing; what `before` has besides is context.
 */
export function changedFields(before: unknown, after: unknown): Change[] {
  if (!isRecord(after)) return []
  const known = isRecord(before) ? before : {}
  return Object.keys(after)
    .filter((field) => JSON.stringify(known[field]) !== JSON.stringify(after[field]))
    .map((field) => ({ field, before: known[field], after: after[field] }))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
