import { bulkOperation, bulkPlan, bulkPlanRequest, bulkRequest } from '@orchestrator/shared/contracts/bulk-api'
import { page } from '@orchestrator/shared/contracts/control-api'
import { bulkOperationsQuery } from '../../bulk-operations/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ENDED_AT, JOB, REASON, RECEIVED_AT } from './ids.ts'
import { MUST_SAY_WHY } from './requests.ts'

const TARGET = {
  kind: 'replay_dead_letters' as const,
  filter: { connector: 'billing', class: 'upstream_failed' as const, to: ENDED_AT },
  options: { config: 'pinned' as const, idempotencyKey: 'same' as const },
}

const RUNNING = {
  id: 'blk_0001KC5W4Z9Q7X2M4N6P8R0S1T3V',
  target: TARGET,
  status: 'running' as const,
  ratePerSecond: 100,
  stopAfterFailures: 50,
  reason: REASON,
  actor: { kind: 'user' as const, id: 'operator@example.com' },
  auditSeq: 4_711,
  createdAt: RECEIVED_AT,
  finishedAt: null,
  total: 1_184,
  done: 700,
  skipped: 2,
  failed: 0,
  lastError: null,
}

export const BULK_OPERATIONS = {
  'GET /v1/bulk-operations': {
    topic: 'Bulk operations',
    summary: 'Bulk operations, newest first',
    query: bulkOperationsQuery,
    answer: answer(page(bulkOperation), { items: [RUNNING], nextCursor: null }),
  },
  'POST /v1/bulk-operations/plan': {
    topic: 'Bulk operations',
    summary: 'How many it would be about, and which',
    text: `Nothing is done. In each shard at most 250,000 dead letters or waiting jobs, or 50,000 webhooks, are looked at; \`capped\` says that there
are more. The sample are the newest of them.`,
    request: request(bulkPlanRequest, { target: TARGET, ratePerSecond: 100 }),
    answer: answer(bulkPlan, {
      target: TARGET,
      count: 1_184,
      capped: false,
      sample: [{ id: `${JOB}.1`, about: 'billing, upstream_failed: billing answered 503 four times.' }],
      ratePerSecond: 100,
      estimatedSeconds: 12,
    }),
  },
  'POST /v1/bulk-operations': {
    topic: 'Bulk operations',
    summary: 'Begin one',
    text: `It goes on by itself, a step a second, from the newest to the oldest of what matches when it begins; what comes later is not taken. Each one
is done once, however many operations and people want it; those that others took meanwhile are \`skipped\`. \`failed\` are those that
cannot be replayed: a message without a job, a webhook that no route takes or whose body is gone.

\`stopAfterFailures\`: it stops (\`stopped\`) when so many of those that it replayed are dead again or could not be replayed; \`resume\`
goes on, and counts from zero. While a database does not answer, it stays \`running\`, says so in \`lastError\`, and tries again.

With an \`Idempotency-Key\` the same request of the same person is the same operation for 24 hours.`,
    request: request(bulkRequest, { target: TARGET, ratePerSecond: 100, stopAfterFailures: 50, reason: REASON }),
    answer: answer(bulkOperation, { ...RUNNING, done: 0, skipped: 0 }, { status: 202 }),
    errors: ['unprocessable', 'idempotency_key_reused'],
  },
  'GET /v1/bulk-operations/:id': {
    topic: 'Bulk operations',
    summary: 'How far it has come',
    answer: answer(bulkOperation, RUNNING),
  },
  'POST /v1/bulk-operations/:id/pause': {
    topic: 'Bulk operations',
    summary: 'Pause it',
    text: 'It finishes the step that it has begun, a second’s worth at the most.',
    request: MUST_SAY_WHY,
    answer: answer(bulkOperation, { ...RUNNING, status: 'paused' }),
    errors: ['conflict'],
  },
  'POST /v1/bulk-operations/:id/resume': {
    topic: 'Bulk operations',
    summary: 'Have it go on',
    request: MUST_SAY_WHY,
    answer: answer(bulkOperation, RUNNING),
    errors: ['conflict'],
  },
  'POST /v1/bulk-operations/:id/cancel': {
    topic: 'Bulk operations',
    summary: 'End it',
    text: 'What is done stays done. It finishes the step that it has begun.',
    request: MUST_SAY_WHY,
    answer: answer(bulkOperation, { ...RUNNING, status: 'cancelled', finishedAt: ENDED_AT }),
    errors: ['conflict'],
  },
} satisfies Record<string, Description>
