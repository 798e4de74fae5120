import type { BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import type { DeadLetterRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { deadJobRow, deadLetterRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import { answer, ask, type AskOptions, bindings } from './harness.ts'

let named = 0
/** A connector that only one test's dead letters have. */
export const someConnector = (): string => `bulk-${++named}`

/** Dead jobs with open dead letters, in both shards by turns, the later ones died later. */
export async function someDead(
  count: number,
  changes: (n: number) => { job?: Partial<JobRow>; letter?: Partial<DeadLetterRow> },
): Promise<JobRow[]> {
  const jobs = Array.from({ length: count }, (_, n) => {
    const { job, letter } = changes(n)
    const row = deadJobRow({ id: testId('job', n % 2), ...job })
    return { row, letter: deadLetterRow(row, { diedAt: 9_000 + n, ...letter }) }
  })
  for (const shard of [0, 1]) {
    const own = jobs.filter((_, n) => n % 2 === shard)
    const db = shard === 0 ? bindings.DATA_00 : bindings.DATA_01
    await insertRows(db, 'jobs', ...own.map(({ row }) => row))
    await insertRows(db, 'dead_letters', ...own.map(({ letter }) => letter))
  }
  return jobs.map(({ row }) => row)
}

export const replayTarget = (filter: object, options?: object) => ({
  kind: 'replay_dead_letters',
  filter,
  ...(options ? { options } : {}),
})

export function begin(body: object, options: AskOptions = {}): Promise<Response> {
  const request = { reason: 'billing is back', ...body }
  return ask('/v1/bulk-operations', { method: 'POST', as: 'operator', body: request, ...options })
}

export const started = (body: object, options?: AskOptions): Promise<BulkOperation> =>
  answer<BulkOperation>(begin(body, options), 202)

export const operation = (id: string): Promise<BulkOperation> => answer(ask(`/v1/bulk-operations/${id}`, { as: 'viewer' }))

/** The operation, once this is so. */
export async function reaches(id: string, so: (operation: BulkOperation) => boolean): Promise<BulkOperation> {
  const deadline = Date.now() + 15_000
  for (;;) {
    const now = await operation(id)
    if (so(now)) return now
    if (Date.now() > deadline) throw new Error(`it stays so: ${JSON.stringify(now)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
export const ends = (id: string): Promise<BulkOperation> => reaches(id, ({ status }) => status !== 'running')

/** What the audit log has about an operation, oldest first. */
async function storyOf(id: string): Promise<AuditEntry[]> {
  const { items } = await answer<{ items: AuditEntry[] }>(ask('/v1/audit?limit=200', { as: 'auditor' }))
  return items.filter(({ target }) => target === id).toReversed()
}

/** The same, once it has this action so often. */
export async function storyWith(id: string, action: AuditEntry['action'], times = 1): Promise<AuditEntry[]> {
  for (let n = 0; n < 300; n++) {
    const story = await storyOf(id)
    if (story.filter((entry) => entry.action === action).length >= times) return story
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`the audit log has no ${action} of ${id}`)
}
