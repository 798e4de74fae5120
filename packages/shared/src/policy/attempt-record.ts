import type { AttemptRecord } from '../contracts/jobs.ts'
import { attemptFacts } from './classify-failure.ts'
import type { Call } from './types.ts'

/** One attempt as the request log keeps it. A call by `/execute` has no job, so it names its request and its client. */
export function attemptRecord(
  call: Call,
  place: Pick<AttemptRecord, 'attempt' | 'generation' | 'requestId' | 'client'>,
): AttemptRecord {
  return {
    ...place,
    operation: call.operation,
    method: call.method,
    url: call.url,
    startedAt: call.startedAt,
    durationMs: call.durationMs,
    ...attemptFacts(call.end),
    idempotencyKey: call.idempotencyKey,
    responseExcerpt: call.excerpt,
  }
}
