import { configPage, deleted } from '@orchestrator/shared/contracts/config-api'
import {
  breakerRequest,
  changedConnector,
  changedOperation,
  connectorInput,
  connectorTestRequest,
  connectorTestResponse,
  connectorView,
  operationInput,
  operationView,
} from '@orchestrator/shared/contracts/connector-api'
import { breakerList, rateLimitList } from '@orchestrator/shared/contracts/gates-api'
import { connectorsQuery } from '../../connectors/list.ts'
import { operationsQuery } from '../../operations/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ALL, CHANGED, REASON, RECEIVED_AT } from './ids.ts'
import { changeOf, cloneOf, creation, MUST_SAY_WHY, WHY } from './requests.ts'

const CONNECTOR = {
  id: 'billing',
  baseUrl: 'https://billing.example.com',
  auth: { kind: 'bearer' as const, secret: 'billing-token' },
  headers: { 'x-source': 'orchestrator' },
  policy: 'billing',
  responseLimitBytes: 1_048_576,
  egress: { redirects: 0, allowedHosts: [] },
  resumedAt: null,
  breakerResetAt: null,
  etag: '"b7c8d9e0f1a2b3c4"',
  paused: false,
  breaker: null,
  usedBy: { operations: ['set-subscription'], routes: ['stripe-to-billing'], clients: ['shop'] },
  warnings: [],
}

const OPERATION = {
  connector: 'billing',
  name: 'set-subscription',
  method: 'PUT' as const,
  path: '/subscriptions/{id}',
  body: '{"status": status}',
  policy: null,
  idempotent: null,
  inputSchema: { type: 'object', required: ['id', 'status'] },
  response: null,
  success: null,
  raw: false,
  forwardHeaders: [],
  etag: '"d4e5f60718293a4b"',
  usedBy: { routes: ['stripe-to-billing'] },
  warnings: [],
}

/** The connector is in the address; it may be said again. */
const operationBody = operationInput.partial({ connector: true })
const operationClone = changeOf(operationBody).required({ name: true })

export const CONNECTORS = {
  'GET /v1/connectors': {
    topic: 'Connectors',
    summary: 'Connectors, the last added first',
    query: connectorsQuery,
    answer: answer(configPage(connectorView), { items: [CONNECTOR], ...ALL }),
  },
  'POST /v1/connectors': {
    topic: 'Connectors',
    summary: 'Create a connector',
    text: 'The address is guarded: https, a public name, and none of ours. Credentials are named, and stand in secrets.',
    request: request(creation(connectorInput), {
      id: 'billing',
      baseUrl: 'https://billing.example.com',
      auth: { kind: 'bearer', secret: 'billing-token' },
      policy: 'billing',
    }),
    answer: answer(changedConnector, { ...CONNECTOR, ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'GET /v1/connectors/:id': { topic: 'Connectors', summary: 'One connector', answer: answer(connectorView, CONNECTOR) },
  'PATCH /v1/connectors/:id': {
    topic: 'Connectors',
    summary: 'Change a connector',
    text: 'Each field that is given replaces the old one whole. Jobs that exist go on with the revision they pinned.',
    request: request(changeOf(connectorInput), { responseLimitBytes: 4_194_304, reason: REASON }),
    answer: answer(changedConnector, { ...CONNECTOR, responseLimitBytes: 4_194_304, ...CHANGED }),
  },
  'DELETE /v1/connectors/:id': {
    topic: 'Connectors',
    summary: 'Delete a connector that nobody uses',
    text: '409 names who uses it.',
    request: WHY,
    answer: answer(deleted, { id: 'billing', deleted: true, ...CHANGED }),
    errors: ['conflict'],
  },
  'POST /v1/connectors/:id/clone': {
    topic: 'Connectors',
    summary: 'Make another connector like this one, with its operations',
    text: 'It begins without a pause, and its breaker decides by itself.',
    request: request(cloneOf(connectorInput), { id: 'twin', reason: REASON }),
    answer: answer(changedConnector, { ...CONNECTOR, id: 'twin', ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'POST /v1/connectors/:id/pause': {
    topic: 'Connectors',
    summary: 'Hold all calls of a connector',
    text: 'Its jobs wait, and nothing is lost; `POST /execute` is answered 503 `connector_paused`.',
    request: MUST_SAY_WHY,
    answer: answer(changedConnector, { ...CONNECTOR, paused: true, ...CHANGED }),
  },
  'POST /v1/connectors/:id/resume': {
    topic: 'Connectors',
    summary: 'Let a connector be called again',
    text: 'What waits is sent by the sweep, within minutes, and goes on within its limits.',
    request: MUST_SAY_WHY,
    answer: answer(changedConnector, { ...CONNECTOR, ...CHANGED }),
  },
  'PUT /v1/connectors/:id/breaker': {
    topic: 'Connectors',
    summary: 'Force a circuit breaker open or closed',
    text: '`open` lets no call through, `closed` lets every call through, whatever the breaker itself has seen.',
    request: request(breakerRequest, { state: 'open', reason: REASON }),
    answer: answer(changedConnector, { ...CONNECTOR, breaker: 'open', ...CHANGED }),
  },
  'DELETE /v1/connectors/:id/breaker': {
    topic: 'Connectors',
    summary: 'Let a circuit breaker decide by itself again',
    request: WHY,
    answer: answer(changedConnector, { ...CONNECTOR, ...CHANGED }),
  },
  'POST /v1/connectors/:id/breaker/reset': {
    topic: 'Connectors',
    summary: 'Let a circuit breaker begin anew',
    text: 'It closes within 5 s and forgets what it has seen. It opens again by itself when calls go on failing.',
    request: MUST_SAY_WHY,
    answer: answer(changedConnector, { ...CONNECTOR, breakerResetAt: 1_764_496_800_000, ...CHANGED }),
  },
  'GET /v1/breakers': {
    topic: 'Connectors',
    summary: 'The circuit breakers, and how they stand',
    text: 'What they are set to is always told. `live` is null, and `execution` named in `unavailable`, while execution does not answer.',
    answer: answer(breakerList, {
      items: [
        {
          connector: 'billing',
          policy: 'billing',
          forced: null,
          paused: false,
          resetAt: null,
          settings: {
            windowMs: 30_000,
            minCalls: 10,
            failureRate: 0.5,
            openMs: 5_000,
            halfOpenCalls: 1,
            countAsFailure: ['5xx', 'timeout'],
            onUnavailable: 'failOpen',
          },
          live: { state: 'closed', successes: 41, failures: 1, openUntil: null, failingSince: null },
          lastEvent: { type: 'breaker.closed', at: RECEIVED_AT },
        },
      ],
      configRevision: 17,
      unavailable: [],
    }),
  },
  'GET /v1/rate-limits': {
    topic: 'Connectors',
    summary: 'The limits of connectors and clients as they are set',
    text: 'What is left of them now is not told: it is leased to many isolates at once.',
    answer: answer(rateLimitList, {
      items: [
        {
          kind: 'connector',
          id: 'billing',
          policy: 'billing',
          rateLimit: { limit: 50, perMs: 1_000, burst: 10 },
          concurrency: { limit: 20 },
          keyed: false,
        },
      ],
      configRevision: 17,
    }),
  },
  'POST /v1/connectors/:id/test': {
    topic: 'Connectors',
    summary: 'Make one real call',
    text: 'Execution makes it, with all gates of the connector. What the upstream does then is done.',
    request: request(connectorTestRequest, { operation: 'get-subscription', input: { id: 'sub_42' } }),
    answer: answer(connectorTestResponse, {
      succeeded: true,
      status: 200,
      body: { status: 200, body: { id: 'sub_42', status: 'active' } },
      auditSeq: 4_712,
    }),
    errors: ['conflict'],
  },

  'GET /v1/connectors/:id/operations': {
    topic: 'Connectors',
    summary: 'What a connector offers',
    query: operationsQuery,
    answer: answer(configPage(operationView), { items: [OPERATION], ...ALL }),
  },
  'POST /v1/connectors/:id/operations': {
    topic: 'Connectors',
    summary: 'Create an operation',
    request: request(creation(operationBody), {
      name: 'set-subscription',
      method: 'PUT',
      path: '/subscriptions/{id}',
      body: '{"status": status}',
    }),
    answer: answer(changedOperation, { ...OPERATION, inputSchema: null, ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'GET /v1/connectors/:id/operations/:name': {
    topic: 'Connectors',
    summary: 'One operation',
    answer: answer(operationView, OPERATION),
  },
  'PATCH /v1/connectors/:id/operations/:name': {
    topic: 'Connectors',
    summary: 'Change an operation',
    text: 'Each field that is given replaces the old one whole.',
    request: request(changeOf(operationBody), { idempotent: true, reason: REASON }),
    answer: answer(changedOperation, { ...OPERATION, idempotent: true, ...CHANGED }),
  },
  'DELETE /v1/connectors/:id/operations/:name': {
    topic: 'Connectors',
    summary: 'Delete an operation that no route uses',
    request: WHY,
    answer: answer(deleted, { id: 'billing/set-subscription', deleted: true, ...CHANGED }),
    errors: ['conflict'],
  },
  'POST /v1/connectors/:id/operations/:name/clone': {
    topic: 'Connectors',
    summary: 'Make another operation like this one',
    request: request(operationClone, { name: 'twin', reason: REASON }),
    answer: answer(changedOperation, { ...OPERATION, name: 'twin', usedBy: { routes: [] }, ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
} satisfies Record<string, Description>
