import type { Clock } from '../core/clock.ts'
import { payloadKey } from '../payloads/body.ts'
import { type AcceptedWebhook, parseAccepted } from './accepted.ts'
import { jobMessages, type SendJobs } from './job-messages.ts'
import { storeAccepted } from './store-accepted.ts'

/** R2 objects of webhooks that D1 could not take; the sweep lists them. */
export const FALLBACK_PREFIX = 'fallback/'

/** The R2 key of a webhook that D1 could not take. */
export function fallbackKey(inboxId: string): string {
  return `${FALLBACK_PREFIX}${inboxId}`
}

export interface RestoreDeps {
  /** The database that holds this inbox id, `undefined` when none is bound. */
  dbOf(inboxId: string): D1Database | undefined
  bucket: R2Bucket
  sendJobs: SendJobs
  now: Clock
}

export type RestoreOutcome =
  /** Stored now or by an earlier delivery, and its jobs are sent. */
  | { outcome: 'restored'; id: string; jobs: number }
  /** The sender delivered it again in the meantime, and that one counts. `id` is its row. */
  | { outcome: 'duplicate'; id: string }
  /** The object is not there any more: restored before. */
  | { outcome: 'gone'; key: string }
  /** Nothing we wrote, or damaged. It is kept where it is: the caller decides. */
  | { outcome: 'unreadable'; key: string | null }

/**
 * Restores a webhook from its text, out of a queue message. Idempotent. Throws when D1, R2 or a queue cannot be reached: then
 * nothing was given up, and the same again later is right.
 */
export async function restoreFallbackText(deps: RestoreDeps, text: string): Promise<RestoreOutcome> {
  const record = parseAccepted(text)
  return record ? restore(deps, record, 'message') : { outcome: 'unreadable', key: null }
}

/** Restores a webhook from its R2 object, and deletes the object when D1 has it and its jobs are sent. Idempotent; throws as above. */
export async function restoreFallbackObject(deps: RestoreDeps, key: string): Promise<RestoreOutcome> {
  const object = await deps.bucket.get(key)
  if (object === null) return { outcome: 'gone', key }
  const record = parseAccepted(await object.text())
  if (!record) return { outcome: 'unreadable', key }
  const restored = await restore(deps, record, 'r2')
  await deps.bucket.delete(key)
  return restored
}

async function restore(deps: RestoreDeps, record: AcceptedWebhook, from: 'r2' | 'message'): Promise<RestoreOutcome> {
  const db = deps.dbOf(record.id)
  if (!db) throw new Error(`no database is bound for ${record.id}`)
  const now = deps.now()
  const stored = await storeAccepted(db, record, { now, restoredFrom: from })
  if (stored.outcome === 'duplicate') {
    if (record.bodyEncoding === 'r2') await deps.bucket.delete(payloadKey(record.id))
    return { outcome: 'duplicate', id: stored.id }
  }
  const batches = jobMessages(record, { createdAt: record.receivedAt, now })
  for (const { queue, messages } of batches) await deps.sendJobs(queue, messages)
  return { outcome: 'restored', id: record.id, jobs: record.jobs.length }
}
