import { changedRoute, configPage, deleted, routeInput, routeView } from '@orchestrator/shared/contracts/config-api'
import { routesQuery } from '../../webhook-routes/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ALL, CHANGED, REASON } from './ids.ts'
import { changeOf, cloneOf, creation, WHY } from './requests.ts'

const ROUTE = {
  id: 'stripe-to-billing',
  provider: 'stripe',
  enabled: true,
  eventTypes: ['customer.subscription.*'],
  filter: null,
  connector: 'billing',
  operation: 'set-subscription',
  input: '{"id": data.object.id, "status": data.object.status}',
  queue: 'webhook' as const,
  policy: null,
  delaySeconds: 0,
  orderingKey: 'body.data.object.id',
  onDeath: 'release' as const,
  etag: '"e5f60718293a4b5c"',
}

export const ROUTES = {
  'GET /v1/routes': {
    topic: 'Senders',
    summary: 'Routes, the last added first',
    query: routesQuery,
    answer: answer(configPage(routeView), { items: [ROUTE], ...ALL }),
  },
  'POST /v1/routes': {
    topic: 'Senders',
    summary: 'Create a route: which events make which jobs',
    text: 'Every enabled route of a provider that matches an event makes one job.',
    request: request(creation(routeInput), {
      id: 'stripe-to-billing',
      provider: 'stripe',
      eventTypes: ['customer.subscription.*'],
      connector: 'billing',
      operation: 'set-subscription',
      input: '{"id": data.object.id, "status": data.object.status}',
      orderingKey: 'body.data.object.id',
    }),
    answer: answer(changedRoute, { ...ROUTE, ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'GET /v1/routes/:id': { topic: 'Senders', summary: 'One route', answer: answer(routeView, ROUTE) },
  'PATCH /v1/routes/:id': {
    topic: 'Senders',
    summary: 'Change a route',
    text: 'Each field that is given replaces the old one whole. Jobs that exist go on with the revision they pinned.',
    request: request(changeOf(routeInput), { filter: 'body.livemode = true', reason: REASON }),
    answer: answer(changedRoute, { ...ROUTE, filter: 'body.livemode = true', ...CHANGED }),
  },
  'DELETE /v1/routes/:id': {
    topic: 'Senders',
    summary: 'Delete a route',
    request: WHY,
    answer: answer(deleted, { id: 'stripe-to-billing', deleted: true, ...CHANGED }),
  },
  'POST /v1/routes/:id/clone': {
    topic: 'Senders',
    summary: 'Make another route like this one',
    text: 'It is disabled unless it is told otherwise: two alike would make two jobs of each event at once.',
    request: request(cloneOf(routeInput), { id: 'twin', reason: REASON }),
    answer: answer(changedRoute, { ...ROUTE, id: 'twin', enabled: false, ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'POST /v1/routes/:id/enable': {
    topic: 'Senders',
    summary: 'Let a route make jobs again',
    request: WHY,
    answer: answer(changedRoute, { ...ROUTE, ...CHANGED }),
  },
  'POST /v1/routes/:id/disable': {
    topic: 'Senders',
    summary: 'Let a route make no more jobs',
    text: 'Webhooks that no other route takes are stored as ignored, and can be replayed.',
    request: WHY,
    answer: answer(changedRoute, { ...ROUTE, enabled: false, ...CHANGED }),
  },
} satisfies Record<string, Description>
