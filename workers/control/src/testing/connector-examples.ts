import { change, creation, reason } from './change-example.ts'
import type { RouteExample } from './route-example.ts'

const policy = { timeout: { perAttemptMs: 1_000, totalMs: 60_000 } }

/** Connectors, their operations and policies. */
export const CONNECTOR_EXAMPLES = {
  'POST /v1/connectors': creation('connector.created', 'connector:new', 'connectors', {
    id: 'new',
    baseUrl: 'https://new.example.com',
    policy: 'billing',
    headers: { 'x-from': 'orchestrator' },
    egress: { redirects: 1 },
    reason,
  }),
  'PATCH /v1/connectors/:id': change('connector.updated', 'connector:billing', 'connectors/billing', {
    responseLimitBytes: 2_000,
    reason,
  }),
  'DELETE /v1/connectors/:id': change('connector.deleted', 'connector:unused', 'connectors/unused'),
  'POST /v1/connectors/:id/pause': change('connector.paused', 'connector:billing', 'connectors/billing/pause'),
  'POST /v1/connectors/:id/resume': change('connector.resumed', 'connector:held', 'connectors/held/resume'),
  'POST /v1/connectors/:id/clone': creation('connector.created', 'connector:twin', 'connectors/billing/clone', {
    id: 'twin',
    reason,
  }),
  'PUT /v1/connectors/:id/breaker': change('breaker.forced', 'connector:billing', 'connectors/billing/breaker', {
    state: 'open',
    reason,
  }),
  'DELETE /v1/connectors/:id/breaker': change('breaker.released', 'connector:held', 'connectors/held/breaker'),
  'POST /v1/connectors/:id/breaker/reset': change('breaker.reset', 'connector:billing', 'connectors/billing/breaker/reset'),
  'POST /v1/connectors/:id/test': {
    request: {
      path: '/v1/connectors/billing/test',
      body: { operation: 'set-subscription', input: { id: 'sub_1' }, timeoutMs: 1_000, reason },
      target: 'operation:billing/set-subscription',
    },
    audit: ['connector.test_requested', 'connector.tested'],
    free: ['input'],
  },
  'POST /v1/connectors/:id/operations': creation('operation.created', 'operation:billing/new', 'connectors/billing/operations', {
    name: 'new',
    method: 'POST',
    path: '/new',
    forwardHeaders: [],
    reason,
  }),
  'PATCH /v1/connectors/:id/operations/:name': change(
    'operation.updated',
    'operation:billing/set-subscription',
    'connectors/billing/operations/set-subscription',
    { path: '/v2/subscriptions/{id}', reason },
  ),
  'DELETE /v1/connectors/:id/operations/:name': change(
    'operation.deleted',
    'operation:billing/unused',
    'connectors/billing/operations/unused',
  ),

  'POST /v1/connectors/:id/operations/:name/clone': creation(
    'operation.created',
    'operation:billing/twin',
    'connectors/billing/operations/set-subscription/clone',
    { name: 'twin', reason },
  ),

  'POST /v1/policies': creation('policy.created', 'policy:new', 'policies', { id: 'new', ...policy, reason }),
  'POST /v1/policies/lab': {
    request: {
      path: '/v1/policies/lab',
      body: { connector: 'billing', policy, from: '2026-11-01T00:00:00Z', to: '2026-11-01T01:00:00Z' },
      target: '',
    },
    audit: [],
  },
  'PATCH /v1/policies/:id': change('policy.updated', 'policy:billing', 'policies/billing', { ...policy, reason }),
  'DELETE /v1/policies/:id': change('policy.deleted', 'policy:unused', 'policies/unused'),
  'POST /v1/policies/:id/clone': creation('policy.created', 'policy:twin', 'policies/billing/clone', { id: 'twin', reason }),
} satisfies Record<string, RouteExample>
