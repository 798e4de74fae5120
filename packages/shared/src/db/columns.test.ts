import { getTableColumns } from 'drizzle-orm'
import { describe, it } from 'vitest'
import {
  AUDIT_COLUMNS,
  BULK_OPERATION_COLUMNS,
  columnName,
  DEAD_LETTER_COLUMNS,
  EVENT_COLUMNS,
  INBOX_COLUMNS,
  JOB_COLUMNS,
  selectList,
} from './columns.ts'
import { auditLog } from './control-schema.ts'
import { bulkOperations, deadLetters, events, inbox, jobs } from './data-schema.ts'

describe('columns', () => {
  const tables = [
    ['inbox', inbox, INBOX_COLUMNS],
    ['jobs', jobs, JOB_COLUMNS],
    ['events', events, EVENT_COLUMNS],
    ['dead_letters', deadLetters, DEAD_LETTER_COLUMNS],
    ['bulk_operations', bulkOperations, BULK_OPERATION_COLUMNS],
    ['audit_log', auditLog, AUDIT_COLUMNS],
  ] as const

  for (const [name, table, columns] of tables) {
    it(`lists every column of ${name} under its real name`, ({ expect }) => {
      const schema = getTableColumns(table) as Record<string, { name: string }>
      expect([...columns]).toEqual(Object.keys(schema))
      for (const [property, column] of Object.entries(schema)) expect(columnName(property)).toBe(column.name)
    })
  }

  it('aliases columns to property names', ({ expect }) => {
    expect(selectList(['id', 'inboxId'], 'j')).toBe('j."id" AS "id", j."inbox_id" AS "inboxId"')
  })
})
