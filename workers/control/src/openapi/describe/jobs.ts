import { attempt, event, jobDetail, jobSummary, page } from '@orchestrator/shared/contracts/control-api'
import {
  cancelResponse,
  orderingKey,
  releaseKeyRequest,
  releaseKeyResponse,
  resolveRequest,
  resolveResponse,
  revealedAttempt,
  revealedJob,
  stuckJobs,
} from '@orchestrator/shared/contracts/work-api'
import { attemptsQuery } from '../../attempts/list.ts'
import { eventsQuery } from '../../events/list.ts'
import { jobsQuery } from '../../jobs/list.ts'
import { orderingKeyQuery } from '../../ordering-keys/get.ts'
import { answer, type Description, request } from '../description.ts'
import { ENDED_AT, JOB, REASON, RECEIVED_AT, TRACE, WEBHOOK } from './ids.ts'
import { MUST_SAY_WHY } from './requests.ts'

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
  responseBytes: 33,
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
  input: { kind: 'webhook' as const, bytes: null },
  result: { kind: 'inline' as const, bytes: 58 },
  trace: TRACE,
  leaseUntil: null,
  evidence: {
    claimedAt: null,
    leaseUntil: null,
    leaseEnded: false,
    outcomeUnknown: false,
    lostLeases: 0,
    nativeDeaths: 0,
    resends: 0,
    nextLookAt: null,
  },
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
  'GET /v1/jobs/stuck': {
    topic: 'Jobs',
    summary: 'Jobs that do not move though they should',
    text: 'Running under a lease that ended five minutes ago, or overdue for the sweep as long. Of each queue the 250 that were to be looked at first.',
    answer: answer(stuckJobs, {
      items: [
        {
          ...JOB_SUMMARY,
          status: 'running',
          finishedAt: null,
          why: 'lease_ended',
          leaseUntil: ENDED_AT,
          nextLookAt: ENDED_AT,
          resends: 2,
        },
      ],
      capped: false,
    }),
  },
  'GET /v1/jobs/:id': {
    topic: 'Jobs',
    summary: 'One job with its attempts and events, over all generations',
    text: 'What it sends and got is a payload: `reveal` shows it. `evidence` tells whether it is stuck.',
    answer: answer(jobDetail, JOB_DETAIL),
  },
  'POST /v1/jobs/:id/reveal': {
    topic: 'Jobs',
    summary: 'Show what a job sends and got',
    text: 'Who asks, and why, stands in the audit log before it is answered.',
    request: MUST_SAY_WHY,
    answer: answer(revealedJob, {
      jobId: JOB,
      input: { value: { id: 'sub_42', status: 'active' }, unavailable: null },
      result: { status: 200, body: { id: 'sub_42', status: 'active' } },
      attempts: [{ id: ATTEMPT.id, responseExcerpt: '{"id":"sub_42","status":"active"}' }],
      auditSeq: 4_712,
    }),
  },
  'POST /v1/jobs/:id/cancel': {
    topic: 'Jobs',
    summary: 'Cancel a job that waits',
    text: 'Whoever made it. Its callback tells that, and the next of its ordering key has its turn. A job that runs cannot be cancelled.',
    request: MUST_SAY_WHY,
    answer: answer(cancelResponse, { jobId: JOB, status: 'cancelled', auditSeq: 4_712 }),
    errors: ['conflict'],
  },
  'POST /v1/jobs/:id/resolve': {
    topic: 'Jobs',
    summary: 'Decide what becomes of a stuck job',
    text: `It is tried again at once, or ends. Whoever held it has lost it: what a late worker writes matches nothing. While a worker's lease holds,
it is refused with \`leaseUntil\` unless forced; a call that is under way then goes on, and may act beside the next.`,
    request: request(resolveRequest, { reason: REASON, as: 'succeeded', generation: 1, force: false }),
    answer: answer(resolveResponse, { jobId: JOB, generation: 1, status: 'succeeded', auditSeq: 4_712 }),
    errors: ['conflict'],
  },
  'GET /v1/ordering-keys': {
    topic: 'Jobs',
    summary: 'Who is first of an ordering key, and how many wait behind',
    query: orderingKeyQuery,
    answer: answer(orderingKey, {
      key: 'sub_42',
      lines: [
        {
          first: { id: JOB, status: 'dead', generation: 1, connector: 'billing', operation: 'set-subscription' },
          why: 'blocked',
          at: ENDED_AT,
          lastError: 'the upstream answered 503',
          waiting: 12,
          capped: false,
        },
      ],
    }),
  },
  'POST /v1/ordering-keys/release': {
    topic: 'Jobs',
    summary: 'Let an ordering key go on past a dead job',
    text: 'The dead one leaves its place and stays a dead letter: replayed later, it queues up behind whoever is there then.',
    request: request(releaseKeyRequest, { reason: REASON, key: 'sub_42', jobId: JOB }),
    answer: answer(releaseKeyResponse, { key: 'sub_42', passed: [JOB], next: [JOB], auditSeq: 4_712 }),
    errors: ['not_found', 'conflict'],
  },
  'GET /v1/attempts': {
    topic: 'Jobs',
    summary: 'Calls of upstreams, newest first',
    text: 'Those of jobs, and those of `POST /execute`.',
    query: attemptsQuery,
    answer: answer(page(attempt), { items: [ATTEMPT], nextCursor: null }),
  },
  'GET /v1/attempts/:id': { topic: 'Jobs', summary: 'One call of an upstream', answer: answer(attempt, ATTEMPT) },
  'POST /v1/attempts/:id/reveal': {
    topic: 'Jobs',
    summary: 'Show what the upstream answered to a call',
    text: 'The start of it, of a call by `POST /execute` too. Who asks, and why, stands in the audit log before it is answered.',
    request: MUST_SAY_WHY,
    answer: answer(revealedAttempt, {
      attemptId: ATTEMPT.id,
      responseExcerpt: '{"id":"sub_42","status":"active"}',
      auditSeq: 4_712,
    }),
  },
  'GET /v1/events': {
    topic: 'Jobs',
    summary: 'What happened, newest first',
    query: eventsQuery,
    answer: answer(page(event), { items: [EVENT], nextCursor: null }),
  },
  'GET /v1/events/:id': { topic: 'Jobs', summary: 'One event', answer: answer(event, EVENT) },
} satisfies Record<string, Description>
