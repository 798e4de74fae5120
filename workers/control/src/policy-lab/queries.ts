import { firstSeqFrom } from '../lists/by-seq.ts'
import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'

/** Rows of the log that one shard is asked to look at, and attempts that it may answer. */
export const MAX_LOOKED_AT = 50_000
export const MAX_ATTEMPTS = 5_000

export type AttemptFacts = Pick<
  AttemptRecord,
  'startedAt' | 'durationMs' | 'outcome' | 'status' | 'failure' | 'attempt' | 'generation' | 'operation'
> & { jobId: string | null }

/** A clock may be so far behind the batch that it writes in, ms. */
const SLACK_MS = 60_000

const ATTEMPTS = `SELECT e.job_id AS jobId, e.attempt ->> '$.startedAt' AS startedAt, e.attempt ->> '$.durationMs' AS durationMs,
  e.attempt ->> '$.outcome' AS outcome, e.attempt ->> '$.status' AS status, e.attempt ->> '$.failure' AS failure,
  e.attempt ->> '$.attempt' AS attempt, e.attempt ->> '$.generation' AS generation, e.attempt ->> '$.operation' AS operation
FROM (SELECT * FROM events WHERE seq >= ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?6) AS e
WHERE e.kind = 'attempt' AND e.connector = ?3 AND e.attempt ->> '$.startedAt' >= ?4 AND e.attempt ->> '$.startedAt' < ?5
ORDER BY e.seq DESC LIMIT ?7`

/** A connector's attempts that began within a period (ms), the newest first, and how many rows that took. */
export async function readAttempts(
  db: D1Database,
  connector: string,
  from: number,
  to: number,
): Promise<{ attempts: AttemptFacts[]; scanned: number; capped: boolean }> {
  const [first, end] = await Promise.all([firstSeqFrom(db, from - SLACK_MS), firstSeqFrom(db, to + SLACK_MS)])
  const found = await db.prepare(ATTEMPTS).bind(first, end, connector, from, to, MAX_LOOKED_AT, MAX_ATTEMPTS).all<AttemptFacts>()
  const attempts = found.results
  const scanned = Math.min(MAX_LOOKED_AT, Math.max(0, end - first))
  return { attempts, scanned, capped: end - first > MAX_LOOKED_AT || attempts.length === MAX_ATTEMPTS }
}
