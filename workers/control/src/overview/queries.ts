export interface LiveJobs {
  waiting: number
  running: number
  oldestWaitingAt: number | null
}

/**
 * Jobs that are not finished, up to a cap, by way of the index that holds only those. Beyond the cap the numbers are lower
 * bounds: the page tells how busy it is, not the exact count.
 */
export async function countLiveJobs(db: D1Database, cap: number): Promise<LiveJobs> {
  const found = await db
    .prepare(
      `SELECT coalesce(sum(state <> 'running'), 0) AS waiting, coalesce(sum(state = 'running'), 0) AS running,
      min(iif(state <> 'running', created_at, NULL)) AS oldestWaitingAt
      FROM (SELECT state, created_at FROM jobs INDEXED BY jobs_wake WHERE wake_at IS NOT NULL LIMIT ?)`,
    )
    .bind(cap)
    .first<LiveJobs>()
  return found ?? { waiting: 0, running: 0, oldestWaitingAt: null }
}
