/**
 * A request for each mutation route that succeeds: the common tests send it, spoil it in every way, and look what the audit log has of
 * it. A route without a line here does not pass the type check. To add one:
 *
 * 1. `request` is what succeeds while the configuration of example-config.ts is in force, with at least one field of every kind that
 *    the body takes. Where more has to be there, `prepare` makes it, and answers what of the request is only known then. It is called
 *    before each request that has to succeed, once for each door.
 * 2. `audit` names the actions that it leaves: one, or intent and outcome; none for what only asks. `target` is as the log has it.
 * 3. `free` are fields of the body that take any JSON. `body: null` is for a route that takes none at all.
 * 4. If the route changes the configuration, name it in roles/config-routes.ts, too. Several routes of one kind get a file of their own.
 */
import { newId } from '@orchestrator/shared/core/ids'
import { inboxRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import type { RouteKey } from '../roles/route-roles.ts'
import { BULK_EXAMPLES } from './bulk-examples.ts'
import { change, creation, reason } from './change-example.ts'
import { CONNECTOR_EXAMPLES } from './connector-examples.ts'
import { publishExamples } from './example-config.ts'
import { answer, ask, bindings } from './harness.ts'
import { deadJob } from './jobs.ts'
import type { ExampleRequest, RouteExample } from './route-example.ts'
import { WORK_EXAMPLES } from './work-examples.ts'

export type MutationKey = Exclude<RouteKey, `GET ${string}`>

async function deadLetter(): Promise<Pick<ExampleRequest, 'target'>> {
  return { target: `${(await deadJob()).id}.1` }
}

async function deadLetterFor(verb: 'replay' | 'discard'): Promise<Partial<ExampleRequest>> {
  const { target } = await deadLetter()
  return { target, path: `/v1/dead-letters/${target}/${verb}` }
}

/** A running impersonation of the administrator's. */
async function impersonationOf(actingAs: string): Promise<string> {
  const id = newId('imp', 0, Date.now(), Math.random)
  const insert = `INSERT INTO impersonations (id, actor_kind, actor_id, acting_as, reason, started_at, expires_at)
    VALUES (?, 'user', 'admin@example.com', ?, ?, ?, ?)`
  await bindings.CONTROL_DB.prepare(insert)
    .bind(id, actingAs, reason, Date.now(), Date.now() + 60_000)
    .run()
  return id
}

const NO_IMPERSONATION = 'imp_0001ARZ3NDEKTSV4RRFFQ69G5FAV'
const NO_LETTER = 'job_0001ARZ3NDEKTSV4RRFFQ69G5FAV.1'
const NO_WEBHOOK = 'whk_0001ARZ3NDEKTSV4RRFFQ69G5FAV'

export const ROUTE_EXAMPLES: Readonly<Record<MutationKey, RouteExample>> = {
  'POST /v1/inbox/:id/replay': {
    request: { path: `/v1/inbox/${NO_WEBHOOK}/replay`, body: { reason, routes: ['subscriptions'] }, target: NO_WEBHOOK },
    async prepare() {
      const webhook = inboxRow({ id: testId('whk', 1), provider: 'stripe', type: 'customer.created', status: 'ignored' })
      await insertRows(bindings.DATA_01, 'inbox', webhook)
      return { path: `/v1/inbox/${webhook.id}/replay`, target: webhook.id }
    },
    audit: ['webhook.replay_requested', 'webhook.replayed'],
    status: 202,
  },
  'POST /v1/dead-letters/:id/replay': {
    request: {
      path: `/v1/dead-letters/${NO_LETTER}/replay`,
      body: { config: 'pinned', idempotencyKey: 'new', reason },
      target: NO_LETTER,
    },
    prepare: () => deadLetterFor('replay'),
    audit: ['dead_letter.replay_requested', 'dead_letter.replayed'],
  },
  'POST /v1/dead-letters/:id/discard': {
    request: { path: `/v1/dead-letters/${NO_LETTER}/discard`, body: { reason }, target: NO_LETTER },
    prepare: () => deadLetterFor('discard'),
    audit: ['dead_letter.discard_requested', 'dead_letter.discarded'],
  },
  ...BULK_EXAMPLES,
  ...WORK_EXAMPLES,

  'POST /v1/providers': creation('provider.created', 'provider:new', 'providers', {
    id: 'new',
    preset: 'stripe',
    secret: 'stripe',
    dedupeWindowMs: 60_000,
    allowedIps: ['203.0.113.0/24'],
    rateLimit: { limit: 10, perSeconds: 1 },
    reason,
  }),
  'PATCH /v1/providers/:id': change('provider.updated', 'provider:stripe', 'providers/stripe', { bodyLimitBytes: 1_000, reason }),
  'DELETE /v1/providers/:id': change('provider.deleted', 'provider:unused', 'providers/unused'),
  'POST /v1/providers/:id/enable': change('provider.enabled', 'provider:disabled', 'providers/disabled/enable'),
  'POST /v1/providers/:id/disable': change('provider.disabled', 'provider:stripe', 'providers/stripe/disable'),
  'POST /v1/providers/:id/pause': change('provider.paused', 'provider:stripe', 'providers/stripe/pause'),
  'POST /v1/providers/:id/resume': change('provider.resumed', 'provider:paused', 'providers/paused/resume'),
  'POST /v1/providers/:id/clone': creation('provider.created', 'provider:twin', 'providers/stripe/clone', { id: 'twin', reason }),
  'POST /v1/providers/:id/try': {
    request: {
      path: '/v1/providers/stripe/try',
      body: { method: 'POST', headers: {}, body: '{}', now: 1_700_000_000 },
      target: '',
    },
    audit: [],
  },
  'POST /v1/providers/:id/test': {
    request: { path: '/v1/providers/stripe/test', body: {}, target: 'provider:stripe' },
    audit: ['provider.test_requested', 'provider.tested'],
  },

  'POST /v1/routes': creation('route.created', 'route:new', 'routes', {
    id: 'new',
    provider: 'stripe',
    eventTypes: ['invoice.paid'],
    connector: 'billing',
    operation: 'set-subscription',
    input: '$',
    delaySeconds: 1,
    reason,
  }),
  'PATCH /v1/routes/:id': change('route.updated', 'route:subscriptions', 'routes/subscriptions', { queue: 'low', reason }),
  'DELETE /v1/routes/:id': change('route.deleted', 'route:subscriptions', 'routes/subscriptions'),
  'POST /v1/routes/:id/enable': change('route.enabled', 'route:disabled', 'routes/disabled/enable'),
  'POST /v1/routes/:id/disable': change('route.disabled', 'route:subscriptions', 'routes/subscriptions/disable'),
  'POST /v1/routes/:id/clone': creation('route.created', 'route:twin', 'routes/subscriptions/clone', { id: 'twin', reason }),

  ...CONNECTOR_EXAMPLES,

  'POST /v1/clients': creation('client.created', 'client:new', 'clients', { id: 'new', scopes: ['execute'], queues: [], reason }),
  'PATCH /v1/clients/:id': change('client.updated', 'client:shop', 'clients/shop', { scopes: ['jobs:write'], reason }),
  'DELETE /v1/clients/:id': change('client.deleted', 'client:shop', 'clients/shop'),
  'POST /v1/clients/:id/enable': change('client.enabled', 'client:disabled', 'clients/disabled/enable'),
  'POST /v1/clients/:id/disable': change('client.disabled', 'client:shop', 'clients/shop/disable'),
  'POST /v1/clients/:id/clone': creation('client.created', 'client:twin', 'clients/shop/clone', { id: 'twin', reason }),
  'POST /v1/clients/:id/keys': creation('client_key.created', 'client:shop/key-2', 'clients/shop/keys', {
    id: 'key-2',
    previousValidForSeconds: 60,
    reason,
  }),
  'DELETE /v1/clients/:id/keys/:name': change('client_key.revoked', 'client:shop/key-1', 'clients/shop/keys/key-1'),

  'POST /v1/queues/:name/pause': change('queue.paused', 'queue:default', 'queues/default/pause'),
  'POST /v1/queues/:name/resume': change('queue.resumed', 'queue:low', 'queues/low/resume'),

  'PUT /v1/secrets/:name': change('secret.rotated', 'secret:stripe', 'secrets/stripe', {
    value: 'whsec_new',
    previousValidForSeconds: 60,
    reason,
  }),
  'DELETE /v1/secrets/:name': change('secret.deleted', 'secret:unused', 'secrets/unused'),
  'DELETE /v1/secrets/:name/versions/:version': change('secret.updated', 'secret:stripe', 'secrets/stripe/versions/1'),
  'POST /v1/secrets/:name/verify': { request: { path: '/v1/secrets/stripe/verify', body: null, target: '' }, audit: [] },
  'POST /v1/secrets/rekey': change('secret.rekeyed', 'secrets', 'secrets/rekey'),

  'POST /v1/config/plan': {
    request: { path: '/v1/config/plan', body: { document: { version: 1 } }, target: '' },
    audit: [],
  },
  'POST /v1/config/apply': change('config.applied', 'config', 'config/apply', {
    document: { version: 1, settings: { resendGraceMs: 20_000 } },
    reason,
  }),
  'POST /v1/config-revisions/:revision/rollback': {
    ...change('config.rolled_back', 'config:1', 'config-revisions/1/rollback'),
    async prepare() {
      const revision = await publishExamples()
      await answer(ask('/v1/routes/subscriptions', { method: 'DELETE', as: 'operator', body: {} }))
      return { path: `/v1/config-revisions/${revision}/rollback`, target: `config:${revision}` }
    },
  },
  'PATCH /v1/settings': change('settings.updated', 'settings', 'settings', { resendGraceMs: 20_000, reason }),

  'POST /v1/role-bindings': {
    request: {
      path: '/v1/role-bindings',
      body: { kind: 'group', subject: 'on-call', role: 'operator', reason },
      target: 'role_binding:group/on-call/operator',
    },
    async prepare() {
      await bindings.CONTROL_DB.prepare("DELETE FROM role_bindings WHERE subject = 'on-call'").run()
      return {}
    },
    audit: ['role_binding.created'],
    status: 201,
  },
  'DELETE /v1/role-bindings/:kind/:subject/:role': {
    request: {
      path: '/v1/role-bindings/user/former@example.com/viewer',
      body: { reason },
      target: 'role_binding:user/former@example.com/viewer',
    },
    async prepare() {
      const sql =
        "INSERT OR IGNORE INTO role_bindings (kind, subject, role, created_at) VALUES ('user', 'former@example.com', 'viewer', 1)"
      await bindings.CONTROL_DB.prepare(sql).run()
      return {}
    },
    audit: ['role_binding.deleted'],
  },
  'POST /v1/impersonations': {
    request: {
      path: '/v1/impersonations',
      body: { as: 'role:viewer', minutes: 5, reason },
      target: /^impersonation:imp_/,
    },
    audit: ['impersonation.started'],
    status: 201,
  },
  'POST /v1/impersonations/:id/end': {
    request: {
      path: `/v1/impersonations/${NO_IMPERSONATION}/end`,
      body: { reason },
      target: `impersonation:${NO_IMPERSONATION}`,
    },
    async prepare() {
      const id = await impersonationOf('role:viewer')
      return { path: `/v1/impersonations/${id}/end`, target: `impersonation:${id}` }
    },
    audit: ['impersonation.ended'],
  },
  'POST /v1/impersonations/:id/call': {
    request: {
      path: `/v1/impersonations/${NO_IMPERSONATION}/call`,
      body: { method: 'POST', path: '/execute', idempotencyKey: 'k-1', body: { connector: 'billing' } },
      target: 'client:shop',
    },
    prepare: async () => ({ path: `/v1/impersonations/${await impersonationOf('client:shop')}/call` }),
    audit: ['client_call.requested', 'client_call.made'],
    reason,
    free: ['body'],
  },
}
