import { configPage, deleted } from '@orchestrator/shared/contracts/config-api'
import { changedPolicy, policyView } from '@orchestrator/shared/contracts/policy-api'
import { policyInput } from '@orchestrator/shared/contracts/policy-input'
import { policyLabReport, policyLabRequest } from '@orchestrator/shared/contracts/policy-lab'
import { policiesQuery } from '../../policies/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ALL, CHANGED, JOB, REASON, RECEIVED_AT } from './ids.ts'
import { changeOf, cloneOf, creation, WHY } from './requests.ts'

const POLICY = {
  id: 'billing',
  timeout: { perAttemptMs: 5_000, totalMs: 86_400_000 },
  retry: {
    maxAttempts: 4,
    backoff: 'exponential' as const,
    baseMs: 1_000,
    maxMs: 8_000,
    jitter: 'full' as const,
    retryOn: ['429', '5xx', 'timeout', 'network'],
    stopOn: ['410'],
    respectRetryAfter: true,
    retryAfterCapMs: 3_600_000,
    resetHeaders: true,
    budget: { ratio: 0.2, minPerSecond: 10 },
  },
  circuitBreaker: {
    windowMs: 30_000,
    minCalls: 10,
    failureRate: 0.5,
    openMs: 5_000,
    halfOpenCalls: 1,
    countAsFailure: ['5xx', 'timeout', 'network'],
    onUnavailable: 'failOpen' as const,
  },
  rateLimit: null,
  concurrency: null,
  hedge: null,
  autoPause: { afterMs: 432_000_000, warnAfterMs: [86_400_000, 259_200_000] },
  idempotency: { required: false, ttlMs: 86_400_000, keyPer: 'job' as const },
  etag: '"f60718293a4b5c6d"',
  usedBy: { connectors: ['billing'], operations: [], routes: [] },
  warnings: [],
}

const MEASURES = {
  calls: 1_000,
  succeeded: 990,
  failed: 10,
  unfinished: 0,
  attempts: 1_130,
  attemptsPerCall: 1.13,
  failedAttempts: 140,
  timeToSuccess: { p50: 84, p95: 2_140, max: 31_000 },
  peakPerSecond: 41,
  refused: { circuit_breaker: 12 },
  breakerOpenedAt: [RECEIVED_AT],
}

export const POLICIES = {
  'GET /v1/policies': {
    topic: 'Connectors',
    summary: 'Policies, the last added first',
    query: policiesQuery,
    answer: answer(configPage(policyView), { items: [POLICY], ...ALL }),
  },
  'POST /v1/policies': {
    topic: 'Connectors',
    summary: 'Create a policy',
    text: 'Timeouts, retries, circuit breaker, limits. What is left out is the default; `null` turns a policy off that can be.',
    request: request(creation(policyInput), {
      id: 'billing',
      timeout: { perAttemptMs: 5_000 },
      retry: { maxAttempts: 4, maxMs: 8_000 },
      circuitBreaker: { openMs: 5_000 },
    }),
    answer: answer(changedPolicy, { ...POLICY, ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'POST /v1/policies/lab': {
    topic: 'Connectors',
    summary: 'Try a draft policy on recorded calls',
    text: 'Runs the calls of a connector in a period again under the draft, in a model: nothing is called or changed. `observed` is what happened, `inForce` the policy of today in the same model; how near these two are tells how far the model can be believed.',
    request: request(policyLabRequest, {
      connector: 'billing',
      policy: { retry: { maxAttempts: 8, baseMs: 2_000 } },
      from: '2026-11-29T00:00:00.000Z',
      to: '2026-11-30T00:00:00.000Z',
    }),
    answer: answer(policyLabReport, {
      connector: 'billing',
      from: '2026-11-29T00:00:00.000Z',
      to: '2026-11-30T00:00:00.000Z',
      scanned: 8_120,
      capped: false,
      observed: { ...MEASURES, refused: null, breakerOpenedAt: null },
      inForce: MEASURES,
      draft: { ...MEASURES, succeeded: 998, failed: 2 },
      differing: [
        {
          id: JOB,
          arrivedAt: RECEIVED_AT,
          observed: { outcome: 'failed', attempts: 4, durationMs: 9_400 },
          draft: { outcome: 'succeeded', attempts: 6, durationMs: 31_000 },
        },
      ],
      assumptions: ['Retry-After is not in the log, so no wait follows it. Jobs begin at their recorded first attempt.'],
    }),
    errors: ['not_found'],
  },
  'GET /v1/policies/:id': { topic: 'Connectors', summary: 'One policy', answer: answer(policyView, POLICY) },
  'PATCH /v1/policies/:id': {
    topic: 'Connectors',
    summary: 'Change a policy',
    text: 'Limits, breaker and automatic pause hold at once, for jobs that wait already too; timeouts and retries of a job are those it pinned.',
    request: request(changeOf(policyInput), { rateLimit: { limit: 20 }, reason: REASON }),
    answer: answer(changedPolicy, {
      ...POLICY,
      rateLimit: { limit: 20, perMs: 1_000, burst: 0, key: null, onUnavailable: 'failClosed' },
      ...CHANGED,
    }),
  },
  'POST /v1/policies/:id/clone': {
    topic: 'Connectors',
    summary: 'Make another policy like this one',
    text: 'It governs nothing yet.',
    request: request(cloneOf(policyInput), { id: 'twin', reason: REASON }),
    answer: answer(changedPolicy, { ...POLICY, id: 'twin', ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'DELETE /v1/policies/:id': {
    topic: 'Connectors',
    summary: 'Delete a policy that nobody uses',
    request: WHY,
    answer: answer(deleted, { id: 'billing', deleted: true, ...CHANGED }),
    errors: ['conflict'],
  },
} satisfies Record<string, Description>
