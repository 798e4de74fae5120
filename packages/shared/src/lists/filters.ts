/** Equality filters as one SQL condition over fixed columns, with the values to bind in the same order. */
export interface Condition {
  sql: string
  values: (string | number)[]
}

/** What every row meets. */
export const ALL: Condition = { sql: 'true', values: [] }

/**
 * `filters` maps SQL expressions of ours to what callers ask for; absent ones are left out. Null when nothing is asked for.
 */
export function conditionOf(filters: Readonly<Record<string, string | number | undefined>>): Condition | null {
  const given = Object.entries(filters).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  if (given.length === 0) return null
  return { sql: given.map(([expression]) => `${expression} IS ?`).join(' AND '), values: given.map(([, value]) => value) }
}

/** One condition that holds where all of these do; null where there is none. */
export function allOf(conditions: readonly (Condition | null)[]): Condition | null {
  const given = conditions.filter((one) => one !== null)
  if (given.length === 0) return null
  return { sql: given.map(({ sql }) => sql).join(' AND '), values: given.flatMap(({ values }) => values) }
}
