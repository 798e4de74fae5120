import {
  attemptJson,
  deadJobRow,
  deadLetterRow,
  eventRow,
  inboxRow,
  insertRows,
  jobRow,
  testId,
} from '@orchestrator/shared/testing/data-rows'
import { answer, ask, bindings, bindPeople, publishTestConfig } from './harness.ts'

export interface PageOf<T> {
  items: T[]
  nextCursor: string | null
  scanned?: number
}
/** One page, as a viewer sees it. */
export const list = <T>(path: string) => answer<PageOf<T>>(ask(path, { as: 'viewer' }))

/** Reads a whole list page by page. */
export async function walk<T>(path: string, limit: number): Promise<{ items: T[]; pages: PageOf<T>[] }> {
  const pages: PageOf<T>[] = []
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.nextCursor ?? null) {
    const separator = path.includes('?') ? '&' : '?'
    pages.push(await list<T>(`${path}${separator}limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`))
  }
  return { items: pages.flatMap((page) => page.items), pages }
}

/** The older shard has 25 finished jobs, the newer one 12; every fifth is low, the very oldest is critical. */
export const older = Array.from({ length: 25 }, (_, i) =>
  jobRow({
    id: testId('job', 0),
    state: 'succeeded',
    wakeAt: null,
    queue: i === 0 ? 'critical' : i % 5 === 4 ? 'low' : 'webhook',
  }),
)
export const newer = Array.from({ length: 12 }, (_, i) =>
  jobRow({ id: testId('job', 1), state: 'succeeded', wakeAt: null, queue: i % 5 === 4 ? 'low' : 'webhook' }),
)
export const newestFirst = [...newer.toReversed(), ...older.toReversed()].map((job) => job.id)

/** One webhook that made two jobs; the first failed once and then succeeded, the second died. */
export const webhookId = testId('whk', 0)
export const story = jobRow({
  id: testId('job', 0),
  inboxId: webhookId,
  state: 'succeeded',
  wakeAt: null,
  attempts: 2,
  log: '[101,102,103]',
  result: '{"status":200,"body":{}}',
})
export const other = deadJobRow({ id: testId('job', 0), inboxId: webhookId, log: '[101,104]' })

/** Writes it all, with people and a configuration in which shard 1 is the newer one. */
export async function seedLists(): Promise<void> {
  await bindPeople()
  await publishTestConfig()
  const { DATA_00, DATA_01 } = bindings
  await insertRows(DATA_00, 'jobs', ...older, story, other)
  await insertRows(DATA_01, 'jobs', ...newer)
  await insertRows(DATA_00, 'inbox', inboxRow({ id: webhookId, log: '[101]' }))
  await insertRows(
    DATA_00,
    'events',
    eventRow(101, {
      inboxId: webhookId,
      events: JSON.stringify([
        { type: 'webhook.accepted' },
        { type: 'job.queued', jobId: story.id },
        { type: 'job.queued', jobId: other.id },
      ]),
    }),
    eventRow(102, {
      kind: 'attempt',
      jobId: story.id,
      inboxId: webhookId,
      failed: 1,
      attempt: attemptJson(1, true),
      events: '[{"type":"job.retrying","data":{"delayMs":900}}]',
    }),
    eventRow(103, {
      kind: 'attempt',
      jobId: story.id,
      inboxId: webhookId,
      attempt: attemptJson(2, false),
      events: '[{"type":"job.succeeded"}]',
    }),
    eventRow(104, {
      kind: 'attempt',
      jobId: other.id,
      inboxId: webhookId,
      failed: 1,
      attempt: attemptJson(1, true),
      events: '[{"type":"job.dead"}]',
    }),
    eventRow(105, { connector: 'other', kind: 'attempt', jobId: testId('job', 0), failed: 1, attempt: attemptJson(1, true) }),
  )
  const letters = Array.from({ length: 7 }, (_, i) =>
    deadLetterRow(deadJobRow({ id: testId('job', i % 2) }), {
      diedAt: 1_000 + Math.floor(i / 2),
      status: i === 0 ? 'replayed' : 'open',
      class: i === 1 ? 'timeout' : 'upstream_failed',
    }),
  )
  await insertRows(DATA_00, 'dead_letters', ...letters.filter((_, i) => i % 2 === 0))
  await insertRows(DATA_01, 'dead_letters', ...letters.filter((_, i) => i % 2 === 1))
}
