import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { deadJobRow, deadLetterRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import { bindings } from './harness.ts'

/** A dead job of the newer shard with its open dead letter. */
export async function deadJob(changes: Partial<JobRow> = {}): Promise<JobRow> {
  const job = deadJobRow({ id: testId('job', 1), ...changes })
  await insertRows(bindings.DATA_01, 'jobs', job)
  await insertRows(bindings.DATA_01, 'dead_letters', deadLetterRow(job))
  return job
}

/** A job as its row is now. */
export function readJob(id: string): Promise<Record<string, unknown> | null> {
  const db = id.startsWith('job_00') ? bindings.DATA_00 : bindings.DATA_01
  return db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()
}
