import { errorMessage } from '../core/errors.ts'
import type { CallEnd } from './types.ts'

/** The reason of an attempt whose time is over, for its signal. */
export function timeIsOver(attemptMs: number): DOMException {
  return new DOMException(`no answer within ${attemptMs} ms`, 'TimeoutError')
}

/**
 * How a call ended that its signal broke off: by {@link timeIsOver} it timed out, for any other reason whoever asked for it gave
 * it up. Whether the upstream acted is unknown either way.
 */
export function cutOff({ reason }: AbortSignal, attemptMs: number): CallEnd {
  const thrown: unknown = reason
  const isTimeout = thrown instanceof Error && thrown.name === 'TimeoutError'
  return isTimeout ? { kind: 'timeout', afterMs: attemptMs } : { kind: 'aborted', reason: errorMessage(thrown) }
}
