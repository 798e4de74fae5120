import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env as testEnv } from 'cloudflare:workers'
import { publishConfig, type ConfigContent } from '@orchestrator/shared/config/publish'
import {
  type Provider,
  provider as providerContract,
  type Route,
  type SecretRef,
  route as routeContract,
} from '@orchestrator/shared/contracts/config'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { JOB_COLUMNS, INBOX_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { InboxRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { preset as stripe } from '@orchestrator/shared/verification/presets/stripe'
import { sign } from '@orchestrator/shared/verification/sign'
import { createIngress } from '../app.ts'
import type { Env } from '../env.ts'

export const env = testEnv as unknown as Env
export const SECRET = 'whsec_development_only_stripe'
const BODY_LIMIT_BYTES = 26_214_400
const ORIGIN = 'https://ingress.example.com'

function provider(id: string, changes: Partial<Provider> = {}): Provider {
  return providerContract.parse({
    id,
    preset: 'stripe',
    enabled: true,
    paused: false,
    secret: 'stripe-signing',
    toleranceSeconds: 300,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    dedupeWindowMs: 7 * 86_400_000,
    ...changes,
  })
}

function route(id: string, changes: Partial<Route> = {}): Route {
  return routeContract.parse({
    id,
    provider: 'stripe',
    enabled: true,
    eventTypes: ['customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted'],
    connector: 'billing',
    operation: 'set-subscription',
    input: '{"id": data.object.id, "status": data.object.status}',
    queue: 'webhook',
    ...changes,
  })
}

/** What a file of tests adds to the configuration: the fields that matter to it. `secrets` by name, in the clear. */
export interface MoreConfig {
  providers?: readonly (Partial<Provider> & { id: string })[]
  routes?: readonly (Partial<Route> & { id: string })[]
  secrets?: Readonly<Record<string, string>>
}

/** The same for every file, one provider for each thing that can be different about one, and what the file adds. */
export async function seedConfig(more: MoreConfig = {}): Promise<void> {
  const sealed = await sealSecret(env.SECRETS_KEY, 'stripe-signing', 1, SECRET)
  const foreign = await sealSecret('another key', 'unreadable', 1, SECRET)
  const content: ConfigContent = {
    providers: [
      provider('stripe'),
      provider('stripe-fan-out'),
      provider('stripe-small', { bodyLimitBytes: 1_000 }),
      provider('stripe-disabled', { enabled: false }),
      provider('stripe-paused', { paused: true }),
      provider('stripe-held'),
      provider('stripe-rolling', { secret: 'rolling' }),
      provider('stripe-without-secret', { secret: 'nowhere' }),
      provider('stripe-unreadable-secret', { secret: 'unreadable' }),
      provider('stripe-without-preset', { preset: 'nothing' }),
      ...(more.providers ?? []).map(({ id, ...changes }) => provider(id, changes)),
    ],
    routes: [
      route('stripe-subscriptions'),
      route('fan-out-1', { provider: 'stripe-fan-out', eventTypes: ['customer.*'] }),
      route('fan-out-2', { provider: 'stripe-fan-out', eventTypes: ['*'], queue: 'low' }),
      route('fan-out-off', { provider: 'stripe-fan-out', eventTypes: ['*'], enabled: false }),
      route('paused', { provider: 'stripe-paused' }),
      route('held', { provider: 'stripe-held' }),
      route('rolling', { provider: 'stripe-rolling' }),
      ...(more.routes ?? []).map(({ id, ...changes }) => route(id, changes)),
    ],
    connectors: [],
    operations: [],
    policies: [],
    secrets: [
      { name: 'stripe-signing', source: 'stored', versions: [{ version: 1, ...sealed, validUntil: null }] },
      { name: 'unreadable', source: 'stored', versions: [{ version: 1, ...foreign, validUntil: null }] },
      { name: 'rolling', source: 'env', variable: 'ROLLING_SECRET', previousVariable: 'ROLLING_SECRET_PREVIOUS' },
      ...(await Promise.all(Object.entries(more.secrets ?? {}).map(stored))),
    ],
    breakerOverrides: [],
    pauses: [{ kind: 'provider', id: 'stripe-held' }],
    clients: [],
    settings: { writeShard: 0, liveShards: [0, 1], resendGraceMs: 15_000 },
  }
  await publishConfig(env, content, { author: 'test', reason: 'test', now: 1 })
}

async function stored([name, value]: [string, string]): Promise<SecretRef> {
  const sealed = await sealSecret(env.SECRETS_KEY, name, 1, value)
  return { name, source: 'stored', versions: [{ version: 1, ...sealed, validUntil: null }] }
}

export interface EventOptions {
  id?: string
  type?: string
  status?: string
  filler?: number
}

/** A subscription event as Stripe words it; `filler` makes it that many bytes larger. */
export function subscriptionEvent(options: EventOptions = {}): Uint8Array<ArrayBuffer> {
  const { id = `evt_${crypto.randomUUID()}`, type = 'customer.subscription.updated', status = 'active', filler = 0 } = options
  const object = { id: 'sub_1', object: 'subscription', status, metadata: { filler: 'x'.repeat(filler) } }
  return utf8(JSON.stringify({ id, object: 'event', type, data: { object } }))
}

export interface PostOptions {
  provider?: string
  secret?: string
  /** Seconds ago. */
  age?: number
  headers?: Record<string, string>
}

/** A request signed now, as Stripe would. */
export async function signed(rawBody: Uint8Array<ArrayBuffer>, options: PostOptions = {}): Promise<Request> {
  const timestamp = Math.floor(Date.now() / 1000) - (options.age ?? 0)
  const url = `${ORIGIN}/webhooks/stripe`
  const event = { preset: stripe, method: 'POST', url, rawBody, contentType: 'application/json', headers: {}, settings: {} }
  const { headers } = await sign({ ...event, secrets: [options.secret ?? SECRET], timestamp })
  return post(rawBody, { ...options, headers: { ...headers, ...options.headers } })
}

export function post(body: BodyInit, options: PostOptions = {}): Request {
  return new Request(`${ORIGIN}/webhooks/${options.provider ?? 'stripe'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // As every HTTP client says it.
      ...(body instanceof Uint8Array ? { 'content-length': String(body.length) } : {}),
      ...options.headers,
    },
    body,
  })
}

/** Sends a request to a cold isolate with this environment, and waits for what it left running. */
export async function fetchWith(environment: object, request: Request): Promise<Response> {
  const context = createExecutionContext()
  const response = await createIngress().fetch(request, environment, context)
  await waitOnExecutionContext(context)
  return response
}

export async function inboxRow(id: string): Promise<InboxRow | null> {
  return env.DATA_00.prepare(`SELECT ${selectList(INBOX_COLUMNS)} FROM inbox WHERE id = ?`)
    .bind(id)
    .first<InboxRow>()
}

export async function jobRows(inboxId: string): Promise<JobRow[]> {
  const select = `SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE inbox_id = ? ORDER BY route`
  return (await env.DATA_00.prepare(select).bind(inboxId).all<JobRow>()).results
}
