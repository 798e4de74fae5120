import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import type { StoredAnswer } from '@orchestrator/shared/idempotency/answer'
import type { ClaimOutcome } from '@orchestrator/shared/idempotency/claim'
import type { KeyOwner } from '@orchestrator/shared/idempotency/settle'
import { type Answer, problemAnswer, replayed } from './answer.ts'
import { IN_FLIGHT_RETRY_SECONDS, LOCK_GRACE_MS, MAX_INLINE_ANSWER } from './constants.ts'
import type { ExecuteDeps } from './deps.ts'
import type { Work } from './run-call.ts'

/** The key of a request, and what the request was. */
export interface RequestKey {
  key: string
  fingerprint: string
}

/**
 * Claims the key of a request: either the request owns it now, or here is its answer.
 * @throws AppError 409 while another request with the key runs, 422 when that had another body, 503 when DATA cannot tell: then
 * nothing may be called.
 */
export async function claimWork(
  deps: ExecuteDeps,
  work: Work,
  requestKey: RequestKey,
): Promise<{ owner: KeyOwner } | { response: Response }> {
  const { key, fingerprint } = requestKey
  const owner: KeyOwner = { client: work.client.id, key, owner: deps.newOwner() }
  const { ttlMs } = work.target.policy.idempotency
  const claim = {
    ...owner,
    fingerprint,
    requestId: work.requestId,
    lockedUntil: work.deadlineAt + LOCK_GRACE_MS,
    expiresAt: deps.now() + ttlMs,
  }
  let outcome: ClaimOutcome
  try {
    outcome = await deps.claimKey(claim)
  } catch (cause) {
    // It may have been claimed all the same: nobody is to wait for a request that never called.
    deps.keep(release(deps, owner))
    const detail = 'The idempotency key cannot be claimed right now. Nothing was called.'
    throw new AppError('unavailable', detail, { cause, retryAfterSeconds: 5, extensions: { outcome: 'not_called', attempts: 0 } })
  }
  switch (outcome.kind) {
    case 'owned':
      return { owner }
    case 'answered':
      return { response: replayed({ ...outcome.answer, body: await bodyOf(deps, outcome.answer) }) }
    case 'lost': {
      const response = await tellLoss(deps, { ...owner, owner: outcome.owner }, outcome.requestId)
      // Where its own answer came at last, or another told the loss, that is the answer.
      return response ? { response } : claimWork(deps, work, requestKey)
    }
    case 'running': {
      const detail = 'A request with this Idempotency-Key is running. Ask again for its answer.'
      throw new AppError('idempotency_in_flight', detail, { retryAfterSeconds: IN_FLIGHT_RETRY_SECONDS })
    }
    case 'reused': {
      const detail =
        'This Idempotency-Key belongs to another request: another body, Accept or endpoint. Use a new key for a new request.'
      throw new AppError('idempotency_key_reused', detail)
    }
    default:
      return assertNever(outcome)
  }
}

/**
 * Keeps the answer under the key; `instead` is kept where R2 does not take a long one. Never throws: the caller gets the answer, and
 * whoever asks again where nothing could be kept learns that it is unknown.
 */
export async function keepAnswer(
  deps: ExecuteDeps,
  owner: KeyOwner,
  requestId: string,
  answer: Answer,
  instead: AppError | null = null,
): Promise<void> {
  try {
    await deps.storeAnswer(owner, await toStored(deps, requestId, answer, instead))
  } catch (error) {
    reportUnkept(deps, error)
  }
}

function reportUnkept(deps: ExecuteDeps, error: unknown): void {
  deps.logger.log('error', 'an answer could not be stored under its key', { cause: errorMessage(error) })
  deps.report(error, { step: 'store answer' })
}

/** Gives the key back: nothing was called. Never throws. */
export async function release(deps: ExecuteDeps, owner: KeyOwner): Promise<void> {
  try {
    await deps.releaseKey(owner)
  } catch (error) {
    deps.logger.log('error', 'a key could not be released', { cause: errorMessage(error) })
  }
}

/**
 * The request that owned the key is gone without an answer: that is the answer, now and from now on. `undefined` where another
 * answer was there first.
 */
async function tellLoss(deps: ExecuteDeps, owner: KeyOwner, requestId: string): Promise<Response | undefined> {
  deps.logger.log('warn', 'a request with a key was lost', { lostRequestId: requestId })
  const detail = 'The request with this Idempotency-Key was lost while it ran; whether the upstream acted is unknown.'
  const answer = await problemAnswer(new AppError('deadline_exceeded', detail, { extensions: { outcome: 'unknown' } }), requestId)
  try {
    return (await deps.storeAnswer(owner, await toStored(deps, requestId, answer))) ? replayed(answer) : undefined
  } catch (cause) {
    throw new AppError('unavailable', 'The answer under this key cannot be told right now.', { cause, retryAfterSeconds: 5 })
  }
}

async function toStored(
  deps: ExecuteDeps,
  requestId: string,
  { status, headers, body }: Answer,
  instead: AppError | null = null,
): Promise<StoredAnswer> {
  if (typeof body === 'string' && body.length <= MAX_INLINE_ANSWER) return { status, headers, body: { kind: 'text', text: body } }
  const key = `idempotency/${requestId}`
  try {
    await deps.writeBody(key, body)
  } catch (error) {
    if (!instead) throw error
    reportUnkept(deps, error)
    return toStored(deps, requestId, await problemAnswer(instead, requestId))
  }
  return { status, headers, body: { kind: 'r2', key } }
}

async function bodyOf(deps: ExecuteDeps, { body }: StoredAnswer): Promise<Answer['body']> {
  if (body.kind === 'text') return body.text
  try {
    const bytes = await deps.readBody(body.key)
    if (bytes) return bytes
    throw new Error(`the object ${body.key} is gone`)
  } catch (cause) {
    throw new AppError('unavailable', 'The stored answer cannot be read right now.', { cause, retryAfterSeconds: 5 })
  }
}
