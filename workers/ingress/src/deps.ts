import { ConfigLoader } from '@orchestrator/shared/config/loader'
import { loggedSources } from '@orchestrator/shared/config/sources'
import type { SecretRef } from '@orchestrator/shared/contracts/config'
import type { QueueName } from '@orchestrator/shared/contracts/queue'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import { dataDb } from '@orchestrator/shared/db/data-db'
import { readBody } from '@orchestrator/shared/http/body'
import { jobMessages } from '@orchestrator/shared/inbox/job-messages'
import { fallbackKey } from '@orchestrator/shared/inbox/restore-accepted'
import { storeAccepted } from '@orchestrator/shared/inbox/store-accepted'
import { payloadKey, putBody } from '@orchestrator/shared/payloads/body'
import { type ResolvedSecret, resolveSecret } from '@orchestrator/shared/secrets/resolve'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import type { Env } from './env.ts'
import { type DurableDeps, storeDurably } from './fallback/store-durably.ts'
import type { AcceptDeps } from './inbox/accept-webhook.ts'
import { SecretCache } from './inbox/secret-cache.ts'

/** DATA slower than this is treated as down, ms. */
export const DATA_DEADLINE_MS = 1_500
/** A body of 25 MiB has to pass within this, ms. */
export const PAYLOAD_DEADLINE_MS = 5_000
export const FALLBACK_OBJECT_DEADLINE_MS = 2_000
export const QUEUE_DEADLINE_MS = 1_500
/** Secrets Store is asked over the network, ms. */
export const SECRET_DEADLINE_MS = 1_000

/** What an isolate remembers between requests: data only, so that no request can break another. */
export interface Isolate {
  loader: ConfigLoader
  secrets: SecretCache
}

export function createIsolate(): Isolate {
  return { loader: new ConfigLoader(Date.now), secrets: new SecretCache() }
}

/** What one request has. */
export interface RequestTools {
  request: Request
  logger: Logger
  reporter: ErrorReporter
  waitUntil: (work: Promise<unknown>) => void
}

/** The real functions behind the rooms. */
export function createAcceptDeps(env: Env, isolate: Isolate, tools: RequestTools): AcceptDeps {
  const durable = createDurableDeps(env, tools)
  return {
    now: Date.now,
    newId: (prefix, shard, now) => newId(prefix, shard, now, Math.random),
    config: () => isolate.loader.current(loggedSources(env, tools.logger)),
    async readBody(limitBytes) {
      try {
        return await readBody(tools.request, limitBytes)
      } catch (error) {
        tools.logger.log('warn', 'a body broke off', { cause: errorMessage(error) })
        return 'unreadable'
      }
    },
    secrets: (ref) => isolate.secrets.get(ref, Date.now(), () => openSecrets(env, ref, tools.logger)),
    store: (draft, rawBody) => storeDurably(draft, rawBody, durable),
  }
}

async function openSecrets(env: Env, ref: SecretRef, logger: Logger): Promise<ResolvedSecret[]> {
  try {
    const resolving = resolveSecret(ref, { secretsKey: env.SECRETS_KEY, env, now: Date.now() })
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
      const sends = jobMessages(record).map(({ queue, messages }) =>
        queueOf(env, queue).sendBatch(messages.map((body) => ({ body }))),
      )
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
    onFailure(step, error) {
      logger.log('warn', 'a step of storing failed', { step, cause: errorMessage(error) })
      reporter.report(error, { step })
    },
  }
}
