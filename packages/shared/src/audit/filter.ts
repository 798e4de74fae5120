import type { AuditFilters } from '../contracts/audit-api.ts'
import { AUDIT_ACTIONS } from '../contracts/audit.ts'
import type { Condition } from '../lists/filters.ts'

/** What callers look for, as the log stores it. Times in ms. */
export interface AuditFilter {
  actor?: string | undefined
  /** Any of these. */
  actions?: readonly string[] | undefined
  target?: string | undefined
  targetPrefix?: string | undefined
  from?: number | undefined
  to?: number | undefined
  text?: string | undefined
  impersonation?: string | undefined
}

/** Reads the filters of a request. `provider.*` stands for all actions on providers, `provider:*` for all of them as targets. */
export function toAuditFilter(filters: AuditFilters): AuditFilter {
  const { actor, action, target, from, to, text, impersonation } = filters
  const prefix = target?.endsWith('*') ? target.slice(0, -1) : undefined
  return {
    actor,
    actions: action === undefined ? undefined : actionsOf(action),
    target: prefix === undefined ? target : undefined,
    targetPrefix: prefix,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
    text,
    impersonation,
  }
}

function actionsOf(action: string): readonly string[] {
  return action.endsWith('.*') ? AUDIT_ACTIONS.filter((one) => one.startsWith(action.slice(0, -1))) : [action]
}

/** The conditions of a filter, each under the name of its field. */
export function conditionsOf(filter: AuditFilter): Map<keyof AuditFilter, Condition> {
  const conditions = new Map<keyof AuditFilter, Condition>()
  const { actor, actions, target, targetPrefix, from, to, text, impersonation } = filter
  if (target !== undefined) conditions.set('target', { sql: 'target = ?', values: [target] })
  if (actor !== undefined) conditions.set('actor', { sql: 'actor_id = ?', values: [actor] })
  if (actions !== undefined) {
    conditions.set('actions', { sql: 'action IN (SELECT value FROM json_each(?))', values: [JSON.stringify(actions)] })
  }
  if (from !== undefined) conditions.set('from', { sql: 'at >= ?', values: [from] })
  if (to !== undefined) conditions.set('to', { sql: 'at < ?', values: [to] })
  if (targetPrefix !== undefined) {
    conditions.set('targetPrefix', { sql: 'substr(target, 1, length(?)) = ?', values: [targetPrefix, targetPrefix] })
  }
  if (impersonation !== undefined) {
    const any = impersonation === 'any'
    conditions.set('impersonation', {
      sql: any ? 'impersonation IS NOT NULL' : 'impersonation = ?',
      values: any ? [] : [impersonation],
    })
  }
  if (text !== undefined) conditions.set('text', textCondition(text))
  return conditions
}

/** All of them at once; `null` when there are none. */
export function allOf(conditions: Iterable<Condition>): Condition | null {
  const all = [...conditions]
  if (all.length === 0) return null
  return { sql: all.map(({ sql }) => `(${sql})`).join(' AND '), values: all.flatMap(({ values }) => values) }
}

const TEXT_COLUMNS = ['reason', 'target', '"before"', '"after"']

/** SQLite folds the case of ASCII only: other letters are looked for in small and in capital letters. */
function textCondition(text: string): Condition {
  const capitals = text.toUpperCase().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  const spellings = [...new Set([text.toLowerCase(), capitals])]
  const found = TEXT_COLUMNS.flatMap((column) => spellings.map((spelling) => ({ column, spelling })))
  return {
    sql: found.map(({ column }) => `instr(lower(${column}), ?) > 0`).join(' OR '),
    values: found.map(({ spelling }) => spelling),
  }
}
