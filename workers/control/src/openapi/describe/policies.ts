import { configPage, deleted } from '@orchestrator/shared/contracts/config-api'
import { changedPolicy, policyView } from '@orchestrator/shared/contracts/policy-api'
import { policyInput } from '@orchestrator/shared/contracts/policy-input'
import { policiesQuery } from '../../policies/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ALL, CHANGED, REASON } from './ids.ts'
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
