import { canonical } from '@orchestrator/shared/config/revision'

/** One thing before and after a change. */
export interface Pair<T> {
  id: string
  was: T | undefined
  is: T | undefined
}

/** What differs, in the order of ids. */
export function changedPairs<T>(before: readonly T[], after: readonly T[], idOf: (item: T) => string): Pair<T>[] {
  const [old, next] = [new Map(before.map((one) => [idOf(one), one])), new Map(after.map((one) => [idOf(one), one]))]
  return [...new Set([...old.keys(), ...next.keys()])]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((id) => ({ id, was: old.get(id), is: next.get(id) }))
    .filter(({ was, is }) => canonical(was ?? null) !== canonical(is ?? null))
}

/** The fields of something changed that differ, but for those that are told in words of their own. */
export function otherFields<T extends object>(was: T, is: T, told: readonly (keyof T)[]): string[] {
  const fields = new Set([...Object.keys(was), ...Object.keys(is)]) as Set<keyof T & string>
  return [...fields].filter((field) => !told.includes(field) && canonical(was[field] ?? null) !== canonical(is[field] ?? null))
}

/** `idOf` of most things. */
export const byId = ({ id }: { id: string }): string => id
