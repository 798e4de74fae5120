import { createJwksFetcher, JwksCache } from '@orchestrator/shared/access/jwks'
import type { AccessRejection, Identity } from '@orchestrator/shared/access/rejection'
import { verifyAccessToken } from '@orchestrator/shared/access/verify-token'
import { ConfigLoader } from '@orchestrator/shared/config/loader'
import { loggedSources } from '@orchestrator/shared/config/sources'
import type { DeadLetterNotice, Delayed, QueueMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import type { Result } from '@orchestrator/shared/core/result'
import { dataDb, shardDb } from '@orchestrator/shared/db/data-db'
import { FALLBACK_PREFIX, type RestoreDeps, restoreFallbackObject } from '@orchestrator/shared/inbox/restore-accepted'
import { keepOrphanMessage } from '@orchestrator/shared/jobs/native-death'
import { sweepShard } from '@orchestrator/shared/jobs/sweep'
import { versionOf } from '@orchestrator/shared/http/app'
import { createLogger, type Logger } from '@orchestrator/shared/telemetry/logger'
import { createErrorReporter, type ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { childTrace, formatTraceparent } from '@orchestrator/shared/telemetry/trace-context'
import { type AutoPause, createAutoPause } from './auto-pause/create-auto-pause.ts'
import { pauseConnector } from './auto-pause/pause-connector.ts'
import { type AutoPauseState, createAutoPauseState } from './auto-pause/state.ts'
import { TokenCache } from './connectors/auth/token-cache.ts'
import type { Env } from './env.ts'
import { LogBuffer } from './execute/log-buffer.ts'
import { createGates } from './gates/create-gates.ts'
import type { Gates } from './gates/gates.ts'
import { createGatesState, type GatesState } from './gates/state.ts'
import type { QueueDeps } from './queue/deps.ts'
import { keepUnreadable, type OrphanDeps } from './queue/keep-orphan.ts'
import { createPace, type Pace } from './runner/pace.ts'
import { isKept } from './sweep/store.ts'
import type { SweepDeps } from './sweep/run-sweep.ts'

/** D1 slower than this is treated as down, ms. */
const DATA_DEADLINE_MS = 10_000
const R2_DEADLINE_MS = 5_000
const QUEUE_DEADLINE_MS = 5_000
/** The limit of one `sendBatch`, messages. */
const MAX_SEND = 100
/** Webhooks that the sweep lists at once. */
const FALLBACK_PAGE = 100
/** R2 key where the sweep notes how far it came, when it could not look at everything that waits. */
const POSITION_KEY = 'sweep/fallback-position'

/** What an isolate remembers between invocations: data only. */
export interface Isolate {
  loader: ConfigLoader
  gates: GatesState
  autoPause: AutoPauseState
  /** How fast connectors were lately. */
  pace: Pace
  /** Keys of Access, for service tokens. */
  jwks: JwksCache
  /** Tokens of connectors. */
  tokens: TokenCache
  /** Rows of the log that are about to be written. */
  log: LogBuffer
}

export function createIsolate(): Isolate {
  return {
    loader: new ConfigLoader(Date.now),
    gates: createGatesState(),
    autoPause: createAutoPauseState(),
    pace: createPace(),
    jwks: new JwksCache(),
    tokens: new TokenCache(),
    log: new LogBuffer(),
  }
}

/** What this isolate remembers: the default handlers and the Runners share it. */
export const thisIsolate = createIsolate()

/** Where one invocation writes its lines and reports what is ours to fix. */
export interface Telemetry {
  logger: Logger
  reporter: ErrorReporter
}

export function createTelemetry(
  env: Env,
  context: Pick<ExecutionContext, 'waitUntil'>,
  fields: Record<string, string>,
): Telemetry {
  const release = `execution@${versionOf(env)}`
  return {
    logger: createLogger({ worker: 'execution', release, ...fields }),
    reporter: createErrorReporter({ dsn: env.SENTRY_DSN, release, environment: env.ENVIRONMENT, context, traceId: undefined }),
  }
}

/** The gates of this isolate, on the real Durable Objects. */
export function gatesOf(env: Env, isolate: Isolate): Gates {
  return createGates(isolate.gates, {
    now: Date.now,
    breaker: (connector) => env.CIRCUIT_BREAKER.get(env.CIRCUIT_BREAKER.idFromName(connector)),
    rateLimiter: (key) => env.RATE_LIMITER.get(env.RATE_LIMITER.idFromName(key)),
  })
}

/** What pauses connectors that fail for days, on the real configuration. */
export function autoPauseOf(env: Env, isolate: Isolate, { logger, reporter }: Telemetry): AutoPause {
  const onMirrorFailure = (error: unknown) =>
    logger.log('warn', 'R2 has not the newest configuration', { cause: errorMessage(error) })
  return createAutoPause(isolate.autoPause, {
    now: Date.now,
    newRequestId: () => newId('req', 0, Date.now(), Math.random),
    pause: (request) => pauseConnector(env, request, onMirrorFailure),
    logger,
    report: (error, tags) => reporter.report(error, tags),
  })
}

/** Verifies tokens of Access service tokens; `null` where execution is no application of Access. */
export function serviceTokenVerifier(
  { ACCESS_ISSUER: issuer, ACCESS_AUDIENCE: audience }: Env,
  isolate: Isolate,
  logger: Logger,
): ((token: string) => Promise<Result<Identity, AccessRejection>>) | null {
  if (issuer === undefined || audience === undefined) return null
  const onFailure = (error: unknown) =>
    logger.log('error', 'the keys of Access cannot be fetched', { cause: errorMessage(error) })
  const findKey = (kid: string) => isolate.jwks.find(kid, Date.now(), createJwksFetcher(issuer, fetch), onFailure)
  return (token) => verifyAccessToken(token, { issuer, audience, now: Date.now(), findKey })
}

/** The real functions behind the sweep. */
export function createSweepDeps(env: Env, isolate: Isolate, telemetry: Telemetry): SweepDeps {
  const { logger, reporter } = telemetry
  const restoring = restoreDeps(env)
  return {
    now: Date.now,
    config: () => isolate.loader.current(loggedSources(env, logger)),
    shards: (wanted) => wanted.filter((shard) => shardDb(env, shard) !== undefined),
    sweepShard: (shard, options) => onData(sweepShard(boundDb(env, shard), options)),
    sendJobs: queueSender(env),
    async listFallbacks(after) {
      const options = { prefix: FALLBACK_PREFIX, limit: FALLBACK_PAGE, ...(after === undefined ? {} : { startAfter: after }) }
      const { objects, truncated } = await onR2(env.PAYLOADS.list(options))
      return { objects: objects.map(({ key, uploaded }) => ({ key, at: uploaded.getTime() })), more: truncated }
    },
    restoreObject: (key) => onData(restoreFallbackObject(restoring, key)),
    readPosition: () => onR2(env.PAYLOADS.get(POSITION_KEY).then((object) => object?.text())),
    async writePosition(key) {
      if (key === undefined) await onR2(env.PAYLOADS.delete(POSITION_KEY))
      else await onR2(env.PAYLOADS.put(POSITION_KEY, key))
    },
    isKept: (shard, id) => onData(isKept(boundDb(env, shard), id)),
    keepUnreadable: (queue, shard, received) => keepUnreadable(orphanDeps(env, telemetry), queue, shard, received),
    logger,
    report: (error, tags) => reporter.report(error, tags),
  }
}

/** The real functions that keep messages without a job. */
export function orphanDeps(env: Env, { logger, reporter }: Telemetry): OrphanDeps {
  return {
    now: Date.now,
    newTraceparent: (parent) => formatTraceparent(childTrace(parent)),
    keepOrphan: (shard, orphan) => onData(keepOrphanMessage(boundDb(env, shard), orphan)),
    sendNotices: (queue, notices) =>
      sendAll(
        dlqsOf(env)[queue],
        notices.map((body) => ({ body, delaySeconds: 0 })),
      ),
    logger,
    report: (error, tags) => reporter.report(error, tags),
  }
}

export function onR2<T>(work: Promise<T>): Promise<T> {
  return withDeadline(work, R2_DEADLINE_MS, 'R2')
}

export function onData<T>(work: Promise<T>): Promise<T> {
  return withDeadline(work, DATA_DEADLINE_MS, 'DATA')
}

export function boundDb(env: Env, shard: number): D1Database {
  const db = shardDb(env, shard)
  if (!db) throw new Error(`no database is bound for shard ${shard}`)
  return db
}

function queuesOf(env: Env): Record<QueueName, Queue<QueueMessage>> {
  return { webhook: env.WEBHOOK_QUEUE, critical: env.CRITICAL_QUEUE, default: env.DEFAULT_QUEUE, low: env.LOW_QUEUE }
}

function dlqsOf(env: Env): Record<QueueName, Queue<DeadLetterNotice>> {
  return { webhook: env.WEBHOOK_DLQ, critical: env.CRITICAL_DLQ, default: env.DEFAULT_DLQ, low: env.LOW_DLQ }
}

/** Sends messages to the queues of jobs, as many at once as a queue takes. */
export function queueSender(env: Env): QueueDeps['sendJobs'] {
  return (queue, messages) => sendAll(queuesOf(env)[queue], messages)
}

async function sendAll<T>(queue: Queue<T>, messages: readonly Delayed<T>[]): Promise<void> {
  for (let i = 0; i < messages.length; i += MAX_SEND) {
    await withDeadline(queue.sendBatch(messages.slice(i, i + MAX_SEND)), QUEUE_DEADLINE_MS, 'the queue')
  }
}

export function restoreDeps(env: Env): RestoreDeps {
  return {
    dbOf: (inboxId) => dataDb(env, inboxId),
    bucket: env.PAYLOADS,
    sendJobs: queueSender(env),
    now: Date.now,
  }
}
