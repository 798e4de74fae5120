import type { AcceptedWebhook } from '@orchestrator/shared/inbox/accepted'
import { serialiseAccepted } from '@orchestrator/shared/inbox/accepted'
import type { StoreResult } from '@orchestrator/shared/inbox/store-accepted'
import { inlineBody, MAX_INLINE_BYTES, type StoredBody } from '@orchestrator/shared/payloads/body'
import { fitsInMessage } from './message-size.ts'

/**
 * The chain of places, best first: DATA, an R2 object with a pointer message, a queue message that is the webhook. One is
 * enough to answer 200. The record and its ids are the same all the way, so whichever arrives later doubles nothing.
 */

/** Without R2 a large body may still stand in D1's row (2 MB at most, base64 and headers included). */
export const MAX_ROW_BODY_BYTES = 1_048_576

export type Place = 'data' | 'r2' | 'message'
export type Step = 'payload' | 'data' | 'jobs' | 'revive' | 'fallback-object' | 'fallback-pointer' | 'fallback-message'

/** Every function rejects when its place failed or took too long. */
export interface DurableDeps {
  putPayload(inboxId: string, rawBody: Uint8Array): Promise<StoredBody>
  /** The webhook was a duplicate: its payload belongs to nobody. Does not wait. */
  dropPayload(inboxId: string): void
  storeInData(record: AcceptedWebhook): Promise<StoreResult>
  sendJobs(record: AcceptedWebhook): Promise<void>
  /** Puts the dead jobs of the first delivery back to work. */
  reviveDead(inboxId: string, graceMs: number): Promise<void>
  putFallback(inboxId: string, text: string): Promise<void>
  sendPointer(inboxId: string): Promise<void>
  sendWebhook(inboxId: string, text: string): Promise<void>
  /** Work that the answer does not wait for. It never rejects. */
  inBackground(work: Promise<unknown>): void
  onFailure(step: Step, error: unknown): void
}

export type WebhookDraft = Omit<AcceptedWebhook, 'body' | 'bodyEncoding'>
export type Kept = { place: Place; result: StoreResult } | { place: 'nowhere' }

/**
 * Stores a webhook in the first place that takes it, its body given as bytes, or kept already. `nowhere`: nothing durable is left, the sender must try
 * again.
 */
export async function storeDurably(
  draft: WebhookDraft,
  given: Uint8Array<ArrayBuffer> | StoredBody,
  deps: DurableDeps,
): Promise<Kept> {
  const body = given instanceof Uint8Array ? await holdBody(draft.id, given, deps) : given
  if (!body) return { place: 'nowhere' }
  const record: AcceptedWebhook = { ...draft, ...body }

  const stored = await attempt('data', () => deps.storeInData(record), deps)
  if (stored.done) {
    if (stored.value.outcome === 'duplicate') {
      const { id, dead } = stored.value
      if (record.bodyEncoding === 'r2') deps.dropPayload(record.id)
      if (dead && record.reviveDead) await attempt('revive', () => deps.reviveDead(id, record.resendGraceMs), deps)
    } else {
      // DATA holds the jobs, so the sender need not wait for the queue: what is not sent, the sweep sends.
      deps.inBackground(attempt('jobs', () => deps.sendJobs(record), deps))
    }
    return { place: 'data', result: stored.value }
  }

  const text = serialiseAccepted(record)
  const result: StoreResult = { outcome: record.status, id: record.id }
  if ((await attempt('fallback-object', () => deps.putFallback(record.id, text), deps)).done) {
    // The sweep lists the objects too, so the pointer only makes it quicker.
    await attempt('fallback-pointer', () => deps.sendPointer(record.id), deps)
    return { place: 'r2', result }
  }
  if (fitsInMessage(text) && (await attempt('fallback-message', () => deps.sendWebhook(record.id, text), deps)).done) {
    return { place: 'message', result }
  }
  return { place: 'nowhere' }
}

/** Small bodies stand in the record. Large ones go to R2; when that fails, the record still takes what a row can hold. */
async function holdBody(inboxId: string, rawBody: Uint8Array, deps: DurableDeps): Promise<StoredBody | undefined> {
  if (rawBody.length <= MAX_INLINE_BYTES) return inlineBody(rawBody)
  const put = await attempt('payload', () => deps.putPayload(inboxId, rawBody), deps)
  if (put.done) return put.value
  return rawBody.length <= MAX_ROW_BODY_BYTES ? inlineBody(rawBody) : undefined
}

async function attempt<T>(
  step: Step,
  work: () => Promise<T>,
  deps: Pick<DurableDeps, 'onFailure'>,
): Promise<{ done: true; value: T } | { done: false }> {
  try {
    return { done: true, value: await work() }
  } catch (error) {
    deps.onFailure(step, error)
    return { done: false }
  }
}
