import { redactHeaders } from '@orchestrator/shared/inbox/redact-headers'
import type { Sample } from '@orchestrator/shared/core/rejection-sampler'

/** Headers kept of a refused request, as JSON; longer ones are cut: strangers choose them. */
const MAX_HEADERS_TEXT = 4_096

/** A request that was not believed. */
export interface Rejection {
  provider: string
  reason: string
  method: string
  ip: string | null
  headers: Headers
  proofHeaders: readonly string[]
  at: number
  /** The DATA shard in use. */
  shard: number
}

const UPSERT = `INSERT INTO rejected_requests (minute, provider, slot, at, reason, method, ip, headers, count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (minute, provider, slot) DO UPDATE SET count = count + excluded.count`

/** Writes one sampled refusal: a new row, or one more in the count of a row that another isolate put on the same place. */
export async function storeRejection(db: D1Database, rejection: Rejection, sample: Sample): Promise<void> {
  const { provider, reason, method, ip, at } = rejection
  const headers = JSON.stringify(redactHeaders(rejection.headers, rejection.proofHeaders))
  const kept = headers.length <= MAX_HEADERS_TEXT ? headers : '[]'
  await db.prepare(UPSERT).bind(sample.minute, provider, sample.slot, at, reason, method, ip, kept, sample.count).run()
}
