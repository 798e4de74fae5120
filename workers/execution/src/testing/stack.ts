import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env as testEnv } from 'cloudflare:workers'
import { type ConfigContent, publishConfig } from '@orchestrator/shared/config/publish'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { type Connector, type Operation, operation } from '@orchestrator/shared/contracts/connector'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'
import type { DeadLetterNotice, Delayed, JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import { DEAD_LETTER_COLUMNS, JOB_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { DeadLetterRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { createIsolate } from '../deps.ts'
import { type Env, parseEnv } from '../env.ts'
import { createGates } from '../gates/create-gates.ts'
import { createGatesState } from '../gates/state.ts'
import type { GatesWorld } from '../gates/world.ts'
import type { QueueDeps } from '../queue/deps.ts'
import { type Delivery, dispatchBatch } from '../queue/dispatch.ts'
import { createQueueDeps } from '../queue-deps.ts'
import type { GroupAnswer, JobGroup } from '../runner/group.ts'
import { workGroup } from '../runner/work-group.ts'
import type { UpstreamAnswer, UpstreamCall } from './upstream.ts'

export const env: Env = parseEnv(testEnv)
export const GRACE_MS = 15_000
let names = 0

export interface StackOptions {
  policy?: Partial<Policy>
  connector?: Partial<Connector>
  /** Changes of all its operations. */
  operation?: Partial<Operation>
  config?: Partial<ConfigContent> | ((name: string) => Partial<ConfigContent>)
}

/** A connector of its own, with an upstream, a policy and a configuration that names them: tests do not meet. */
export async function stack(options: StackOptions = {}) {
  const name = `upstream-${++names}-${crypto.randomUUID().slice(0, 8)}`
  const snapshot = await publishConfig(env, contentOf(name, options), { author: 'test', reason: name, now: Date.now() })
  const upstream = (path: string, init?: RequestInit) => fetch(`http://${name}.localhost${path}`, init)
  return {
    name,
    snapshot,
    answers: async (...answers: UpstreamAnswer[]) => {
      await upstream('/__answers', { method: 'PUT', body: JSON.stringify(answers) })
    },
    calls: async () => (await upstream('/__calls')).json<UpstreamCall[]>(),
    /** Writes jobs of this connector, each with its webhook. */
    seed: (count: number, changes: Partial<JobRow> = {}) => seedJobs(name, snapshot, count, changes),
  }
}

function contentOf(name: string, { policy, connector, operation: changes, config }: StackOptions): ConfigContent {
  return {
    providers: [],
    routes: [
      {
        id: name,
        provider: 'stripe',
        enabled: true,
        eventTypes: ['*'],
        filter: null,
        connector: name,
        operation: 'set-subscription',
        input: '{"id": data.object.id, "status": data.object.status}',
        queue: 'webhook',
        policy: null,
        delaySeconds: 0,
        orderingKey: null,
        onDeath: 'release',
      },
    ],
    connectors: [
      {
        id: name,
        baseUrl: `http://${name}.localhost`,
        auth: { kind: 'bearer', secret: 'billing-credential' },
        headers: {},
        policy: name,
        responseLimitBytes: 1_048_576,
        egress: { redirects: 0, allowedHosts: [] },
        resumedAt: null,
        breakerResetAt: null,
        ...connector,
      },
    ],
    operations: [
      operation.parse({
        connector: name,
        name: 'set-subscription',
        method: 'PUT',
        path: '/subscriptions/{id}',
        body: '{"status": status}',
        ...changes,
      }),
      operation.parse({ connector: name, name: 'echo', method: 'POST', path: '/echo', body: '$', ...changes }),
    ],
    policies: [testPolicy({ ...policy, id: name })],
    secrets: [{ name: 'billing-credential', source: 'env', variable: 'BILLING_CREDENTIAL' }],
    breakerOverrides: [],
    pauses: [],
    clients: [],
    settings: { writeShard: 0, liveShards: [0, 1], resendGraceMs: GRACE_MS },
    ...(typeof config === 'function' ? config(name) : config),
  }
}

async function seedJobs(name: string, snapshot: ConfigSnapshot, count: number, changes: Partial<JobRow>): Promise<JobRow[]> {
  const now = Date.now()
  const rows = Array.from({ length: count }, () => {
    const inbox = inboxRow({
      id: testId('whk', 0, now),
      body: JSON.stringify({ data: { object: { id: 'sub_1', status: 'active' } } }),
      configRevision: snapshot.revision,
    })
    const job = jobRow({
      id: testId('job', 0, now),
      inboxId: inbox.id,
      route: name,
      connector: name,
      configRevision: snapshot.revision,
      dueAt: now - 10,
      createdAt: now - 10,
      wakeAt: now + GRACE_MS,
      ...changes,
    })
    return { inbox, job }
  })
  await insertRows(env.DATA_00, 'inbox', ...rows.map(({ inbox }) => inbox))
  await insertRows(env.DATA_00, 'jobs', ...rows.map(({ job }) => job))
  return rows.map(({ job }) => job)
}

export function messageOf(job: Pick<JobRow, 'id' | 'generation' | 'trace'>): JobMessage {
  return { kind: 'job', jobId: job.id, generation: job.generation, trace: job.trace }
}

/** What a consumed batch did: what the queue was told, what was sent and logged. */
export interface Consumed {
  acked: number
  retried: QueueRetryOptions[]
  sent: Delayed<JobMessage>[]
  notices: DeadLetterNotice[]
  lines: Record<string, unknown>[]
}

/** What a test replaces in the consumer's world; Durable Objects too, which then meet a cold isolate. */
export type FakeDeps = Partial<QueueDeps> & Partial<Pick<GatesWorld, 'breaker' | 'rateLimiter'>>
type RealDeps = QueueDeps & Pick<GatesWorld, 'breaker' | 'rateLimiter'>

/**
 * Gives the consumer one batch. `fake` replaces parts of its world; messages it sends are kept here and not delivered. Groups
 * are worked in the same world; it ends when all that was detached has ended.
 */
export async function consume(
  bodies: readonly unknown[],
  fake: FakeDeps | ((real: RealDeps) => FakeDeps) = {},
  queue: QueueName = 'webhook',
): Promise<Consumed> {
  const sent: Delayed<JobMessage>[] = []
  const notices: DeadLetterNotice[] = []
  const lines: Record<string, unknown>[] = []
  const kept: Promise<unknown>[] = []
  const logger = createLogger({}, (_level, line) => void lines.push(JSON.parse(line) as Record<string, unknown>))
  const keep = (work: Promise<unknown>) => void kept.push(work)
  const telemetry = { logger, reporter: { report: () => undefined } }
  const objects: Pick<GatesWorld, 'breaker' | 'rateLimiter'> = {
    breaker: (connector) => env.CIRCUIT_BREAKER.get(env.CIRCUIT_BREAKER.idFromName(connector)),
    rateLimiter: (key) => env.RATE_LIMITER.get(env.RATE_LIMITER.idFromName(key)),
  }
  const real: RealDeps = {
    ...createQueueDeps(env, createIsolate(), telemetry, { keep, runner: () => ({ run }) }),
    ...objects,
    sendJobs: async (_queue, messages) => void sent.push(...messages),
    sendNotices: async (_queue, messages) => void notices.push(...messages),
  }
  const given = typeof fake === 'function' ? fake(real) : fake
  const gates = createGates(createGatesState(), { now: given.now ?? Date.now, ...objects, ...given })
  const deps: QueueDeps = { ...real, gates, ...given }
  async function run(group: JobGroup): Promise<GroupAnswer> {
    const { inTime, rest } = await workGroup(deps, group)
    keep(rest)
    return inTime
  }
  const messages = bodies.map((body, i) => ({ id: `m${i}-${crypto.randomUUID()}`, timestamp: new Date(), attempts: 1, body }))
  const batch = createMessageBatch(queue, messages)
  const retried: QueueRetryOptions[] = []
  await dispatchBatch(deps, { queue, messages: batch.messages.map((message) => watched(message, retried)) })
  for (let i = 0; i < kept.length; i++) await kept[i]
  const result = await getQueueResult(batch, createExecutionContext())
  if (result.retryMessages.length !== retried.length) throw new Error('the queue counts other retries')
  return { acked: result.explicitAcks.length, retried, sent, notices, lines }
}

/** The platform's result tells which messages are retried, not when. */
function watched(message: Message, retried: QueueRetryOptions[]): Delivery {
  const { id, timestamp, body } = message
  return {
    id,
    timestamp,
    body,
    ack: () => message.ack(),
    retry(options = {}) {
      retried.push(options)
      message.retry(options)
    },
  }
}

export async function readJob(id: string): Promise<JobRow> {
  const row = await env.DATA_00.prepare(`SELECT ${selectList(JOB_COLUMNS)} FROM jobs WHERE id = ?`)
    .bind(id)
    .first<JobRow>()
  if (!row) throw new Error(`no job ${id}`)
  return row
}

export async function readLetters(jobId: string): Promise<DeadLetterRow[]> {
  const sql = `SELECT ${selectList(DEAD_LETTER_COLUMNS)} FROM dead_letters WHERE job_id = ?`
  return (await env.DATA_00.prepare(sql).bind(jobId).all<DeadLetterRow>()).results
}

/** The log of a job, oldest first: its attempts and its events. */
export async function readLog(id: string): Promise<{ attempts: AttemptRecord[]; events: LogEvent[] }> {
  const { results } = await env.DATA_00.prepare(
    'SELECT e.attempt, e.events FROM jobs AS j, json_each(j.log) AS l JOIN events AS e ON e.seq = l.value WHERE j.id = ? ORDER BY l.key',
  )
    .bind(id)
    .all<{ attempt: string | null; events: string }>()
  return {
    attempts: results.flatMap(({ attempt }) => (attempt === null ? [] : [JSON.parse(attempt) as AttemptRecord])),
    events: results
      .flatMap(({ events }) => JSON.parse(events) as LogEvent[])
      .filter(({ jobId }) => jobId === undefined || jobId === id),
  }
}

/** The one element of a list. */
export function only<T>(items: readonly T[]): T {
  if (items.length !== 1) throw new Error(`${items.length} elements instead of one`)
  return items[0] as T
}
