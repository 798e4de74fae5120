import { ConfigLoader } from '@orchestrator/shared/config/loader'
import { loggedSources } from '@orchestrator/shared/config/sources'
import type { SecretRef } from '@orchestrator/shared/contracts/config'
import type { QueueName } from '@orchestrator/shared/contracts/queue'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import { dataDb } from '@orchestrator/shared/db/data-db'
import { jobMessages } from '@orchestrator/shared/inbox/job-messages'
import { fallbackKey } from '@orchestrator/shared/inbox/restore-accepted'
import { storeAccepted } from '@orchestrator/shared/inbox/store-accepted'
import { KeyCache, createKeyFetcher } from '@orchestrator/shared/keys/key-fetcher'
import { reviveDead } from '@orchestrator/shared/jobs/revive'
import { payloadKey, putBody } from '@orchestrator/shared/payloads/body'
import { secretsKeysOf } from '@orchestrator/shared/secrets/envelope'
import { type ResolvedSecret, resolveSecret } from '@orchestrator/shared/secrets/resolve'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { receiveBody } from './body/receive-body.ts'
import { streamPayload } from './body/stream-payload.ts'
import type { Env } from './env.ts'
import { type DurableDeps, storeDurably } from './fallback/store-durably.ts'
import { createHandshakeEffects } from './handshake/handshake-effects.ts'
import type { AcceptDeps } from './inbox/deps.ts'
import { SecretCache } from './inbox/secret-cache.ts'
import { createProtection } from './protection/create-protection.ts'
import { FailureBlocks } from './protection/failure-blocks.ts'
import { RejectionSampler } from '@orchestrator/shared/core/rejection-sampler'

/** DATA slower than this is treated as down, ms. */
export const DATA_DEADLINE_MS = 1_500
/** A body of 25 MiB has to pass within this, ms. */
export const PAYLOAD_DEADLINE_MS = 5_000
/** A large body passes at the speed of its sender, ms. */
export const STREAM_DEADLINE_MS = 100_000
export const FALLBACK_OBJECT_DEADLINE_MS = 2_000
export const QUEUE_DEADLINE_MS = 1_500
/** Secrets Store is asked over the network, ms. */
export const SECRET_DEADLINE_MS = 1_000

/** What an isolate remembers between requests: data only, so that no request can break another. */
export interface Isolate {
  loader: ConfigLoader
  secrets: SecretCache
  keys: KeyCache
  blocks: FailureBlocks
  rejections: RejectionSampler
}

export function createIsolate(): Isolate {
  return {
    loader: new ConfigLoader(Date.now),
    secrets: new SecretCache(),
    keys: new KeyCache(),
    blocks: new FailureBlocks(),
    rejections: new RejectionSampler(),
  }
}

/** What one request has. */
export interface RequestTools {
  request: Request
  requestId: string
  logger: Logger
  reporter: ErrorReporter
  waitUntil: (work: Promise<unknown>) => void
}

/** The real functions behind the rooms. */
export function createAcceptDeps(env: Env, isolate: Isolate, tools: RequestTools): AcceptDeps {
  const { request, logger } = tools
  const durable = createDurableDeps(env, tools)
  return {
    now: Date.now,
    newId: (prefix, shard, now) => newId(prefix, shard, now, Math.random),
    config: () => isolate.loader.current(loggedSources(env, logger)),
    async receive(limitBytes) {
      try {
        return await receiveBody(request, limitBytes)
      } catch (error) {
        logger.log('warn', 'a body broke off', { cause: errorMessage(error) })
        throw error
      }
    },
    secrets: (ref) => isolate.secrets.get(ref, Date.now(), () => openSecrets(env, ref, logger)),
    fetchKey: createKeyFetcher(isolate.keys, {
      fetch: (url, init) => fetch(url, init),
      now: Date.now,
      onFailure: (url, error) => logger.log('warn', 'a key could not be fetched', { url, cause: errorMessage(error) }),
    }),
    async streamPayload(inboxId, body, onChunk) {
      const streaming = streamPayload(env.PAYLOADS, inboxId, body, onChunk)
      const streamed = await withDeadline(streaming, STREAM_DEADLINE_MS, 'a large body').catch((error: unknown) => ({
        kind: 'failed' as const,
        error,
      }))
      if (streamed.kind === 'failed') durable.onFailure('payload', streamed.error)
      return streamed
    },
    dropPayload: (id) => durable.dropPayload(id),
    store: (draft, body) => storeDurably(draft, body, durable),
    ...createProtection(env, isolate, tools),
    handshakes: createHandshakeEffects(env, tools),
  }
}

async function openSecrets(env: Env, ref: SecretRef, logger: Logger): Promise<ResolvedSecret[]> {
  try {
    const resolving = resolveSecret(ref, { secretsKey: secretsKeysOf(env), env, now: Date.now() })
    return await withDeadline(resolving, SECRET_DEADLINE_MS, `the secret ${ref.name}`)
  } catch (error) {
    logger.log('warn', 'a secret could not be read', { secret: ref.name, cause: errorMessage(error) })
    return []
  }
}

/** The queue binding of each of the four names. */
function queueOf(env: Env, queue: QueueName) {
  const queues = {
    webhook: env.WEBHOOK_QUEUE,
    critical: env.CRITICAL_QUEUE,
    default: env.DEFAULT_QUEUE,
    low: env.LOW_QUEUE,
  } satisfies Record<QueueName, unknown>
  return queues[queue]
}

function createDurableDeps(env: Env, { logger, reporter, waitUntil }: RequestTools): DurableDeps {
  return {
    putPayload: (id, rawBody) => withDeadline(putBody(env.PAYLOADS, id, rawBody), PAYLOAD_DEADLINE_MS, 'R2'),
    dropPayload: (id) => waitUntil(env.PAYLOADS.delete(payloadKey(id)).catch(() => undefined)),
    async storeInData(record) {
      const db = dataDb(env, record.id)
      if (!db) throw new Error(`no database is bound for ${record.id}`)
      return withDeadline(storeAccepted(db, record, { now: record.receivedAt }), DATA_DEADLINE_MS, 'DATA')
    },
    async sendJobs(record) {
      const sends = jobMessages(record, { createdAt: record.receivedAt, now: Date.now() }).map(({ queue, messages }) => {
        const [only, ...more] = messages
        // A batch of one costs more to send than a message.
        if (only && more.length === 0) return queueOf(env, queue).send(only.body, { delaySeconds: only.delaySeconds })
        return queueOf(env, queue).sendBatch(messages)
      })
      await withDeadline(Promise.all(sends), QUEUE_DEADLINE_MS, 'the queue')
    },
    async reviveDead(inboxId, graceMs) {
      const db = dataDb(env, inboxId)
      if (!db) throw new Error(`no database is bound for ${inboxId}`)
      const reviving = reviveDead(db, inboxId, { now: Date.now(), graceMs })
      const revived = await withDeadline(reviving, DATA_DEADLINE_MS, 'DATA')
      const sends = revived.map(({ queue, message }) => queueOf(env, queue).send(message))
      await withDeadline(Promise.all(sends), QUEUE_DEADLINE_MS, 'the queue')
    },
    async putFallback(id, text) {
      await withDeadline(env.PAYLOADS.put(fallbackKey(id), text), FALLBACK_OBJECT_DEADLINE_MS, 'R2')
    },
    async sendPointer(inboxId) {
      const message = { kind: 'fallback-pointer' as const, inboxId, key: fallbackKey(inboxId) }
      await withDeadline(env.WEBHOOK_QUEUE.send(message), QUEUE_DEADLINE_MS, 'the queue')
    },
    async sendWebhook(inboxId, record) {
      const message = { kind: 'fallback-webhook' as const, inboxId, record }
      await withDeadline(env.WEBHOOK_QUEUE.send(message, { contentType: 'v8' }), QUEUE_DEADLINE_MS, 'the queue')
    },
    inBackground: waitUntil,
    onFailure(step, error) {
      logger.log('warn', 'a step of storing failed', { step, cause: errorMessage(error) })
      reporter.report(error, { step })
    },
  }
}
