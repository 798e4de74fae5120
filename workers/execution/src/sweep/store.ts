import { retryD1 } from '@orchestrator/shared/db/retry'

/** Whether a message without a job has its dead letter already. */
export async function isKept(db: D1Database, id: string): Promise<boolean> {
  const row = await retryD1(() =>
    db.prepare('SELECT 1 AS kept FROM dead_letters WHERE job_id = ? AND generation = 1').bind(id).first(),
  )
  return row !== null
}
