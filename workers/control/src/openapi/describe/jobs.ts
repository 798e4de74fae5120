import { attempt, event, jobDetail, jobSummary, page } from '@orchestrator/shared/contracts/control-api'
import { attemptsQuery } from '../../attempts/list.ts'
import { eventsQuery } from '../../events/list.ts'
import { jobsQuery } from '../../jobs/list.ts'
import { answer, type Description } from '../description.ts'
import { ENDED_AT, JOB, RECEIVED_AT, TRACE, WEBHOOK } from './ids.ts'

export const JOB_SUMMARY = {
  id: JOB,
  status: 'succeeded' as const,
  generation: 1,
  queue: 'webhook' as const,
  inboxId: WEBHOOK,
  route: 'stripe-to-billing',
  connector: 'billing',
  operation: 'set-subscription',
  attemptCount: 1,
  maxAttempts: 4,
  lastError: null,
  createdAt: RECEIVED_AT,
  nextAttemptAt: null,
  finishedAt: ENDED_AT,
}

const ATTEMPT = {
  id: 'att_00.4711',
  jobId: JOB,
  requestId: null,
  client: null,
  attempt: 1,
  generation: 1,
  connector: 'billing',
  operation: 'set-subscription',
  method: 'PUT',
  url: 'https://billing.example.com/subscriptions/sub_42',
  startedAt: RECEIVED_AT,
  durationMs: 148,
  outcome: 'success' as const,
  status: 200,
  failure: null,
  error: null,
  idempotencyKey: `${JOB}.1`,
  responseExcerpt: '{"id":"sub_42","status":"active"}',
  trace: TRACE,
}

const EVENT = {
  id: 'evt_00.4712.0',
  type: 'job.succeeded' as const,
  at: ENDED_AT,
  provider: 'stripe',
  connector: 'billing',
  inboxId: WEBHOOK,
  jobId: JOB,
  trace: TRACE,
  data: { generation: 1, attempts: 1 },
}

export const JOB_DETAIL = {
  ...JOB_SUMMARY,
  configRevision: 17,
  policy: null,
  orderingKey: 'sub_42',
  onDeath: 'release' as const,
  waitsFor: null,
  client: null,
  parentId: null,
  input: { webhook: WEBHOOK, route: 'stripe-to-billing' },
  result: { id: 'sub_42', status: 'active' },
  trace: TRACE,
  leaseUntil: null,
  attempts: [ATTEMPT],
  events: [EVENT],
}

export const JOBS = {
  'GET /v1/jobs': {
    topic: 'Jobs',
    summary: 'Jobs, newest first',
    text: 'A filter that no index serves reads at most 1,000 rows a page: `scanned` says how many, and the page may be short or empty while `nextCursor` goes on.',
    query: jobsQuery,
    answer: answer(page(jobSummary), { items: [JOB_SUMMARY], nextCursor: null }),
  },
  'GET /v1/jobs/:id': {
    topic: 'Jobs',
    summary: 'One job with its attempts and events, over all generations',
    answer: answer(jobDetail, JOB_DETAIL),
  },
  'GET /v1/attempts': {
    topic: 'Jobs',
    summary: 'Calls of upstreams, newest first',
    text: 'Those of jobs, and those of `POST /execute`.',
    query: attemptsQuery,
    answer: answer(page(attempt), { items: [ATTEMPT], nextCursor: null }),
  },
  'GET /v1/attempts/:id': { topic: 'Jobs', summary: 'One call of an upstream', answer: answer(attempt, ATTEMPT) },
  'GET /v1/events': {
    topic: 'Jobs',
    summary: 'What happened, newest first',
    query: eventsQuery,
    answer: answer(page(event), { items: [EVENT], nextCursor: null }),
  },
  'GET /v1/events/:id': { topic: 'Jobs', summary: 'One event', answer: answer(event, EVENT) },
} satisfies Record<string, Description>
