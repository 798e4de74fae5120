import {
  changedClient,
  clientInput,
  clientKeyRequest,
  clientView,
  createdClientKey,
} from '@orchestrator/shared/contracts/client-api'
import { configPage, deleted } from '@orchestrator/shared/contracts/config-api'
import { changedQueue, queueList } from '@orchestrator/shared/contracts/pause-api'
import { clientsQuery } from '../../clients/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ALL, CHANGED, RECEIVED_AT, REASON } from './ids.ts'
import { changeOf, cloneOf, creation, MUST_SAY_WHY, WHY } from './requests.ts'

const CLIENT = {
  id: 'shop',
  name: 'Shop backend',
  enabled: true,
  scopes: ['execute' as const, 'jobs:read' as const],
  connectors: ['billing'],
  queues: null,
  rateLimit: { limit: 100, perMs: 1_000, burst: 50 },
  serviceTokens: [],
  keys: [{ id: '2026-11', createdAt: RECEIVED_AT, expiresAt: null, expired: false }],
  warnings: [],
  etag: '"c1f0a2b3d4e5f607"',
}

export const CLIENTS = {
  'GET /v1/clients': {
    topic: 'Clients',
    summary: 'Clients, the last added first',
    query: clientsQuery,
    answer: answer(configPage(clientView), { items: [CLIENT], ...ALL }),
  },
  'POST /v1/clients': {
    topic: 'Clients',
    summary: 'Create a client',
    text: 'Without a key, which is made by itself. What it may do has to be said.',
    request: request(creation(clientInput), {
      id: 'shop',
      name: 'Shop backend',
      scopes: ['execute', 'jobs:read'],
      connectors: ['billing'],
      rateLimit: { limit: 100, burst: 50 },
    }),
    answer: answer(changedClient, { ...CLIENT, keys: [], ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'GET /v1/clients/:id': { topic: 'Clients', summary: 'One client', answer: answer(clientView, CLIENT) },
  'PATCH /v1/clients/:id': {
    topic: 'Clients',
    summary: 'Change a client',
    text: 'Each field that is given replaces the old one whole. It holds everywhere within seconds.',
    request: request(changeOf(clientInput), { scopes: ['execute'], reason: REASON }),
    answer: answer(changedClient, { ...CLIENT, scopes: ['execute'], ...CHANGED }),
  },
  'DELETE /v1/clients/:id': {
    topic: 'Clients',
    summary: 'Delete a client and its keys',
    request: WHY,
    answer: answer(deleted, { id: 'shop', deleted: true, ...CHANGED }),
  },
  'POST /v1/clients/:id/clone': {
    topic: 'Clients',
    summary: 'Make another client like this one',
    text: 'It may do the same, but nobody comes in as it: it has no key and no service token, and is disabled until somebody enables it.',
    request: request(cloneOf(clientInput), { id: 'twin', reason: REASON }),
    answer: answer(
      changedClient,
      { ...CLIENT, id: 'twin', name: 'twin', enabled: false, keys: [], serviceTokens: [], ...CHANGED },
      { status: 201 },
    ),
    errors: ['conflict'],
  },
  'POST /v1/clients/:id/enable': {
    topic: 'Clients',
    summary: 'Let a client call again',
    request: WHY,
    answer: answer(changedClient, { ...CLIENT, ...CHANGED }),
  },
  'POST /v1/clients/:id/disable': {
    topic: 'Clients',
    summary: 'Refuse a client everything',
    text: 'Its keys are refused within seconds; its jobs that wait go on.',
    request: WHY,
    answer: answer(changedClient, { ...CLIENT, enabled: false, ...CHANGED }),
  },
  'POST /v1/clients/:id/keys': {
    topic: 'Clients',
    summary: 'Give a client a key',
    text: 'This answer is the only place where the key ever stands: of it, only its SHA-256 is kept.',
    request: request(clientKeyRequest, { id: '2026-12', previousValidForSeconds: 86_400, reason: REASON }),
    answer: answer(
      createdClientKey,
      { key: 'ork_example_example_example_example', keyId: '2026-12', client: CLIENT, ...CHANGED },
      { status: 201 },
    ),
    errors: ['conflict'],
  },
  'DELETE /v1/clients/:id/keys/:name': {
    topic: 'Clients',
    summary: 'Revoke a key',
    request: WHY,
    answer: answer(changedClient, { ...CLIENT, keys: [], ...CHANGED }),
  },

  'GET /v1/queues': {
    topic: 'Queues',
    summary: 'The queues, the most urgent first',
    text: 'What does not answer within a second is null, and named in `unavailable`; counts stop at 1,000 in each database.',
    answer: answer(queueList, {
      items: [
        {
          name: 'webhook',
          paused: false,
          backlog: 12,
          waiting: { jobs: 14, oldestAt: RECEIVED_AT, capped: false },
          deadLetters: { open: 2, capped: false },
          etag: '"0f1e2d3c4b5a6978"',
        },
      ],
      configRevision: 17,
      unavailable: [],
    }),
  },
  'POST /v1/queues/:name/pause': {
    topic: 'Queues',
    summary: 'Hold the jobs of a queue',
    text: 'Nothing is lost: what arrives is accepted and waits. Calls that are made already end.',
    request: MUST_SAY_WHY,
    answer: answer(changedQueue, { name: 'webhook', paused: true, etag: '"1a2b3c4d5e6f7089"', ...CHANGED }),
  },
  'POST /v1/queues/:name/resume': {
    topic: 'Queues',
    summary: 'Let the jobs of a queue go on',
    request: MUST_SAY_WHY,
    answer: answer(changedQueue, { name: 'webhook', paused: false, etag: '"0f1e2d3c4b5a6978"', ...CHANGED }),
  },
} satisfies Record<string, Description>
