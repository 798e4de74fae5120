import type { ConfigPlan } from '@orchestrator/shared/contracts/config-document'

/** An audit row is for people to read; the revisions keep every difference, characters. */
const MAX_AUDITED = 50_000

/** What the audit log keeps of a change of many things: which, and in which fields, as long as that can be read. */
export function auditOf({ baseRevision, changes }: ConfigPlan): { before: object; after: object } {
  const before = { revision: baseRevision }
  if (JSON.stringify(changes).length <= MAX_AUDITED) return { before, after: { changes } }
  const named = changes.map(({ kind, id, change }) => `${change} ${kind} ${id}`)
  const words = named.join('\n').length <= MAX_AUDITED ? named : [`${named.length} changes`]
  return { before, after: { changes: words, note: 'See the revision for what differs.' } }
}
