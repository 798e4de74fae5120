/** The deadlines of what control asks of others, and what its callers hear when one is missed. */
import { DeadlineError, withDeadline } from '@orchestrator/shared/core/clock'
import { AppError } from '@orchestrator/shared/core/errors'

/** CONTROL_DB is what control cannot do without; it still must not hang a request, ms. */
const CONTROL_DEADLINE_MS = 3_000
/** Appending may wait for other writers; see `changeAudited`, ms. */
const AUDIT_DEADLINE_MS = 10_000
const PAYLOAD_DEADLINE_MS = 5_000

/** A body's trip from R2, or to it. `refusal` is what callers hear when it fails. @throws AppError 503 */
export async function payload<T>(
  work: () => Promise<T>,
  refusal = 'The bodies of webhooks cannot be read right now.',
): Promise<T> {
  try {
    return await withDeadline(work(), PAYLOAD_DEADLINE_MS, 'R2')
  } catch (cause) {
    throw new AppError('unavailable', refusal, { cause, retryAfterSeconds: 5 })
  }
}

/**
 * What a neighbour answers: its own words, also about what went wrong.
 * @throws AppError 503 when it cannot be reached, does not answer in time, or something stands in its place while it is broken.
 */
export async function neighbour(
  name: string,
  worker: Fetcher | undefined,
  request: Request,
  deadlineMs: number,
): Promise<Response> {
  try {
    if (!worker) throw new Error(`${name} is not bound`)
    const answer = await withDeadline(worker.fetch(request), deadlineMs, name)
    if (answer.status < 500 || answer.headers.get('content-type') === 'application/problem+json') return answer
    await answer.body?.cancel()
    throw new Error(`answered ${answer.status}`)
  } catch (cause) {
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    const message =
      cause instanceof DeadlineError
        ? `${title} did not answer in time: what it was asked for may have been done or not.`
        : `${title} cannot be reached right now.`
    throw new AppError('unavailable', message, { cause, retryAfterSeconds: 10 })
  }
}

/** What the audit log has of a neighbour that did not answer. */
export function howItFailed(name: string, error: unknown): string {
  const late = error instanceof AppError && error.cause instanceof DeadlineError
  return late ? `${name} did not answer in time` : `${name} could not be reached`
}

/** The same, of something that is posted as JSON. A service binding chooses no host: the name in the URL is only for logs. */
export function postToNeighbour(name: string, worker: Fetcher | undefined, json: unknown, deadlineMs: number): Promise<Response> {
  const request = new Request(`https://${name}.internal/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  })
  return neighbour(name, worker, request, deadlineMs)
}

/** Work on CONTROL_DB. @throws AppError 503 when it does not answer properly, or in time. */
export function controlled<T>(work: () => Promise<T>): Promise<T> {
  return within(work, CONTROL_DEADLINE_MS)
}

/** Work that appends to the audit log, and may wait for others who do. @throws AppError 503 */
export function audited<T>(work: () => Promise<T>): Promise<T> {
  return within(work, AUDIT_DEADLINE_MS, IN_DOUBT)
}

/** A batch that nobody waits for any more may still be committed. */
const IN_DOUBT = ' The change may have been made or not: look at what it was about before you try again.'

async function within<T>(work: () => Promise<T>, deadlineMs: number, inDoubt = ''): Promise<T> {
  try {
    return await withDeadline(work(), deadlineMs, 'CONTROL_DB')
  } catch (error) {
    if (error instanceof AppError) throw error
    const late = error instanceof DeadlineError ? inDoubt : ''
    throw new AppError('unavailable', `The database CONTROL_DB does not answer properly right now.${late}`, {
      cause: error,
      retryAfterSeconds: 5,
    })
  }
}
