import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'
import { attemptFacts } from '@orchestrator/shared/policy/classify-failure'
import type { Call } from '@orchestrator/shared/policy/types'

/** An attempt as the request log keeps it. It has no job, so it names the request and the client. */
export function attemptRecord(call: Call, attempt: number, requestId: string, client: string): AttemptRecord {
  return {
    attempt,
    generation: 1,
    operation: call.operation,
    method: call.method,
    url: call.url,
    startedAt: call.startedAt,
    durationMs: call.durationMs,
    ...attemptFacts(call.end),
    idempotencyKey: call.idempotencyKey,
    responseExcerpt: call.excerpt,
    requestId,
    client,
  }
}
