import type { BulkTarget } from '@orchestrator/shared/contracts/bulk-api'
import { assertNever } from '@orchestrator/shared/core/result'
import type { Source } from './queries.ts'
import { deadLetterSource } from './queries-dead-letters.ts'
import { waitingJobSource } from './queries-jobs.ts'
import { webhookSource } from './queries-webhooks.ts'

/** Where what a target is about is found, as far as it was there before a time, ms. */
export function sourceOf(target: BulkTarget, before: number): Source {
  switch (target.kind) {
    case 'replay_dead_letters':
    case 'discard_dead_letters':
      return deadLetterSource(target.filter, before)
    case 'replay_webhooks':
      return webhookSource(target.filter, before)
    case 'cancel_jobs':
      return waitingJobSource(target.filter, before)
    default:
      return assertNever(target)
  }
}
