import { env, exports } from 'cloudflare:workers'
import type { Role } from '@orchestrator/shared/contracts/audit'
import { operation } from '@orchestrator/shared/contracts/connector'
import type { ConfigContent } from '@orchestrator/shared/config/publish'
import { publishConfig } from '@orchestrator/shared/config/publish'
import { checkResponse } from './check-response.ts'
import { tokenFor } from './tokens.ts'

export const bindings = env as unknown as {
  CONTROL_DB: D1Database
  DATA_00: D1Database
  DATA_01: D1Database
  PAYLOADS: R2Bucket
}

const doors = exports as unknown as { default: Fetcher; ConsoleApi: Fetcher }

export type Person = 'viewer' | 'operator' | 'admin' | 'auditor' | 'break_glass_admin' | 'nobody'
export const emailOf = (person: Person): string => `${person}@example.com`
export const CONSOLE_ORIGIN = 'http://console.localhost:8787'

/** Binds the roles of the people above. */
export async function bindPeople(): Promise<void> {
  const insert = bindings.CONTROL_DB.prepare(
    'INSERT OR IGNORE INTO role_bindings (kind, subject, role, created_at) VALUES (?, ?, ?, 1)',
  )
  const roles: Role[] = ['viewer', 'operator', 'admin', 'auditor', 'break_glass_admin']
  await bindings.CONTROL_DB.batch([
    ...roles.map((role) => insert.bind('user', emailOf(role), role)),
    insert.bind('service', 'deploy.access', 'operator'),
  ])
}

export const configContent: ConfigContent = {
  providers: [],
  routes: [],
  connectors: [
    {
      id: 'billing',
      baseUrl: 'https://billing.example.com',
      auth: { kind: 'none' },
      headers: {},
      policy: 'billing',
      responseLimitBytes: 1_000,
      egress: { redirects: 0, allowedHosts: [] },
      resumedAt: null,
      breakerResetAt: null,
    },
  ],
  operations: [
    operation.parse({ connector: 'billing', name: 'set-subscription', method: 'PUT', path: '/subscriptions/{id}', body: null }),
  ],
  policies: [
    {
      id: 'billing',
      timeout: { perAttemptMs: 5_000, totalMs: 86_400_000 },
      retry: {
        maxAttempts: 4,
        backoff: 'exponential',
        baseMs: 1_000,
        maxMs: 8_000,
        jitter: 'equal',
        retryOn: ['5xx'],
        stopOn: ['410'],
        respectRetryAfter: true,
        retryAfterCapMs: 60_000,
        resetHeaders: false,
        budget: null,
      },
      circuitBreaker: null,
      rateLimit: null,
      concurrency: null,
      hedge: null,
      autoPause: null,
      idempotency: { required: false, ttlMs: 86_400_000, keyPer: 'job' },
    },
  ],
  secrets: [],
  breakerOverrides: [],
  pauses: [],
  clients: [],
  settings: { writeShard: 1, liveShards: [1, 0], resendGraceMs: 15_000 },
}

/** Publishes a configuration in which shard 1 is the newer of two live ones, with these changes. */
export function publishTestConfig(changes: Partial<ConfigContent> = {}) {
  return publishConfig(bindings, { ...configContent, ...changes }, { author: 'test', reason: 'test', now: 1 })
}

export interface AskOptions {
  as?: Person
  token?: string
  method?: string
  body?: unknown
  headers?: Record<string, string>
  door?: 'control' | 'console'
}

/** Sends one request through a door of the Worker, and holds the answer against the OpenAPI document. */
export async function ask(path: string, options: AskOptions = {}): Promise<Response> {
  const token = options.token ?? (options.as ? await tokenFor(emailOf(options.as)) : undefined)
  const headers = new Headers(options.headers)
  if (token !== undefined) headers.set('cf-access-jwt-assertion', token)
  if (options.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const door = options.door === 'console' ? doors.ConsoleApi : doors.default
  const url = `http://control.localhost:8787${path}`
  const method = options.method ?? 'GET'
  const response = await door.fetch(url, {
    method,
    headers,
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  })
  await checkResponse({ method, url, body: options.body }, response)
  return response
}

/** The JSON of an answer that must have this status. */
export async function answer<T = Record<string, unknown>>(response: Promise<Response>, status = 200): Promise<T> {
  const got = await response
  const text = await got.text()
  if (got.status !== status) throw new Error(`expected ${status}, got ${got.status}: ${text}`)
  return JSON.parse(text) as T
}

/** Sets what a neighbour does from now on. */
export async function setMode(
  name:
    | 'ingress'
    | 'as-client'
    | 'breaker-states'
    | 'ingress-webhooks'
    | 'ingress-secrets'
    | 'execution'
    | 'execution-secrets'
    | 'connector-test'
    | 'access',
  mode: 'up' | 'down' | 'hang' | 'throw' | 'rotated',
): Promise<void> {
  await (await fetch(`http://faults.test/${name}?mode=${mode}`)).text()
}

/** Takes a table away from a DATA database for as long as `work` runs: whatever needs it fails for real. */
export async function withBrokenTable<T>(db: D1Database, table: string, work: () => Promise<T>): Promise<T> {
  await db.prepare(`ALTER TABLE ${table} RENAME TO ${table}_gone`).run()
  try {
    return await work()
  } finally {
    await db.prepare(`ALTER TABLE ${table}_gone RENAME TO ${table}`).run()
  }
}

/** Whether nobody wrote the outcome of an intent yet. */
export async function intentIsOpen(seq = 0): Promise<boolean> {
  const sql = 'SELECT count(*) AS n FROM open_intents WHERE seq = ?'
  return (await bindings.CONTROL_DB.prepare(sql).bind(seq).first<number>('n')) === 1
}
