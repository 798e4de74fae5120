import { AppError, type Issue } from '@orchestrator/shared/core/errors'

/** The list with one item in the place of that with its id. */
export function withItem<T extends { id: string }>(items: readonly T[], item: T): T[] {
  return items.map((one) => (one.id === item.id ? item : one))
}

/** @throws AppError 400 naming every field that is wrong. */
export function refuseIssues(issues: readonly Issue[]): void {
  if (issues.length === 0) return
  throw new AppError('validation_failed', 'Some fields are missing or wrong; see issues.', { issues: [...issues] })
}

/** The one with this id. @throws AppError 404 */
export function findOrThrow<T extends { id: string }>(items: readonly T[], id: string, what: string): T {
  const found = items.find((one) => one.id === id)
  if (!found) throw new AppError('not_found', `There is no such ${what}: ${id}.`)
  return found
}

/** Of two versions of one thing, the fields that differ: what the audit log keeps. */
export function changedFields(before: object, after: object): { before: object; after: object } {
  const [old, next] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  const names = [...new Set([...old.keys(), ...next.keys()])].filter(
    (name) => JSON.stringify(old.get(name)) !== JSON.stringify(next.get(name)),
  )
  const pick = (from: Map<string, unknown>) => Object.fromEntries(names.map((name) => [name, from.get(name) ?? null]))
  return { before: pick(old), after: pick(next) }
}
