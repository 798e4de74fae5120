import type { QueueName } from '@orchestrator/shared/contracts/queue'

export interface QueueCounts {
  queue: QueueName
  waiting: number
  oldestAt: number | null
  deadLetters: number
  /** As many of its jobs were looked at as may be. */
  jobsCapped: boolean
  /** The same of open dead letters, of whatever queue. */
  deadLettersCapped: boolean
}

/**
 * What waits in a queue and what died of it, each up to a cap: the rows read do not grow with a backlog. Jobs come by the index of
 * those that are not finished, dead letters by that of the open ones, which knows no queue: past the cap, numbers are lower bounds.
 */
export async function countQueues(db: D1Database, queues: readonly QueueName[], cap: number): Promise<QueueCounts[]> {
  const waiting = db.prepare(
    `SELECT count(*) AS looked, coalesce(sum(state <> 'running'), 0) AS waiting, min(iif(state <> 'running', created_at, NULL)) AS oldestAt
     FROM (SELECT state, created_at FROM jobs INDEXED BY jobs_wake WHERE queue = ? AND wake_at IS NOT NULL ORDER BY wake_at LIMIT ?)`,
  )
  const dead = db
    .prepare(
      `SELECT queue, count(*) AS n FROM (SELECT queue FROM dead_letters INDEXED BY dead_letters_open WHERE status = 'open' LIMIT ?)
       GROUP BY queue`,
    )
    .bind(cap)
  const [letters, ...jobs] = await db.batch<Record<string, unknown>>([dead, ...queues.map((queue) => waiting.bind(queue, cap))])
  const open = new Map(letters?.results.map((row) => [row['queue'], Number(row['n'])]))
  const deadLettersCapped = [...open.values()].reduce((sum, n) => sum + n, 0) >= cap
  return queues.map((queue, i) => {
    const row = jobs[i]?.results[0]
    const oldestAt = (row?.['oldestAt'] ?? null) as number | null
    const jobsCapped = Number(row?.['looked'] ?? 0) >= cap
    const waiting = Number(row?.['waiting'] ?? 0)
    return { queue, waiting, oldestAt, deadLetters: open.get(queue) ?? 0, jobsCapped, deadLettersCapped }
  })
}
