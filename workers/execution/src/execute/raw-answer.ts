import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import type { KeyOwner } from '@orchestrator/shared/idempotency/settle'
import { notKept, problemAnswer, rawHead, toResponse } from './answer.ts'
import { MAX_KEPT_STREAM_BYTES } from './constants.ts'
import type { ExecuteDeps } from './deps.ts'
import { guardedStream, readBeginning } from './guarded-stream.ts'
import type { Work } from './run-call.ts'
import type { UpstreamAnswer } from './upstream-answer.ts'
import { keepAnswer } from './with-key.ts'

/**
 * The body of a successful call as it comes. Under a key it is kept where it is short, so that it can be given again; a longer one
 * is streamed all the same, and asking again tells that it was.
 * @throws AppError 502 where a body that is to be kept breaks off.
 */
export async function rawAnswer(
  deps: ExecuteDeps,
  work: Work,
  owner: KeyOwner | null,
  answer: UpstreamAnswer,
  attempts: number,
): Promise<Response> {
  const head = rawHead(answer, attempts)
  const stream = guarded(deps, work, answer)
  if (owner === null) return new Response(stream, head)
  const empty = { whole: new Uint8Array() }
  let beginning: Awaited<ReturnType<typeof readBeginning>>
  try {
    beginning = stream ? await readBeginning(stream, MAX_KEPT_STREAM_BYTES) : empty
  } catch (cause) {
    const detail = `The upstream answered ${answer.status}, and its body broke off: ${errorMessage(cause)}.`
    const extensions = { outcome: 'done', attempts, upstreamStatus: answer.status }
    const error = new AppError('upstream_failed', detail, { cause, extensions })
    await keepAnswer(deps, owner, work.requestId, await problemAnswer(error, work.requestId))
    throw error
  }
  if ('whole' in beginning) {
    const whole = { ...head, body: beginning.whole }
    await keepAnswer(deps, owner, work.requestId, whole, notKept(answer, attempts))
    return toResponse(whole)
  }
  await keepAnswer(deps, owner, work.requestId, await problemAnswer(notKept(answer, attempts), work.requestId))
  return new Response(beginning.begun, head)
}

function guarded(deps: ExecuteDeps, work: Work, { body }: UpstreamAnswer): ReadableStream<Uint8Array> | null {
  if (body.kind !== 'stream' || body.stream === null) return null
  const { limitBytes } = body
  const leftMs = work.deadlineAt - deps.now()
  return guardedStream(body.stream, { limitBytes, leftMs, signal: work.signal, timer: deps.timer })
}
