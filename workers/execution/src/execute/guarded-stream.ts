import { concatBytes } from '@orchestrator/shared/core/bytes'
import type { PolicyContext } from '@orchestrator/shared/policy/types'
import { quietly } from '../connectors/read-response.ts'

export interface StreamGuards {
  /** Longer bodies are broken off, bytes. */
  limitBytes: number
  /** What is left of the caller's time, ms. */
  leftMs: number
  /** Ends with the caller. */
  signal: AbortSignal
  timer: PolicyContext['timer']
}

/**
 * A body on its way to the caller, chunk by chunk: nothing is collected. It breaks off, so that its end is not mistaken for the
 * end of the body, when it grows beyond its limit, takes longer than the caller waits, or the caller goes away; the upstream's
 * body is then cancelled.
 */
export function guardedStream(source: ReadableStream<Uint8Array>, guards: StreamGuards): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  let sent = 0
  let broken: Error | undefined
  let letGo: (() => void) | undefined
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const breakOff = (error: Error): void => {
        broken = error
        letGo?.()
        controller.error(error)
        void quietly(reader.cancel(error))
      }
      letGo = watch(guards, breakOff)
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (broken) return
        if (!done) sent += value.byteLength
        if (sent > guards.limitBytes) throw new Error(`the body is longer than ${guards.limitBytes} bytes`)
        if (!done) return controller.enqueue(value)
        letGo?.()
        controller.close()
      } catch (error) {
        letGo?.()
        await quietly(reader.cancel(error))
        throw error
      }
    },
    async cancel(reason) {
      letGo?.()
      await reader.cancel(reason)
    },
  })
}

/** Tells once when the time is over or the caller has gone; the answer stops watching. */
function watch({ leftMs, signal, timer }: StreamGuards, breakOff: (error: Error) => void): () => void {
  const onAbort = (): void => breakOff(new Error('the caller went away'))
  const cancelTimer = timer(Math.max(0, leftMs), () => breakOff(new Error('the deadline passed while the body was sent')))
  signal.addEventListener('abort', onAbort, { once: true })
  return () => {
    cancelTimer()
    signal.removeEventListener('abort', onAbort)
  }
}

/** The beginning of a stream: all of it where it has no more than the limit, else what was read and the rest. */
export async function readBeginning(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number,
): Promise<{ whole: Uint8Array<ArrayBuffer> } | { begun: ReadableStream<Uint8Array> }> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size <= limitBytes) {
    const { done, value } = await reader.read()
    if (done) return { whole: concatBytes(chunks) }
    chunks.push(value)
    size += value.byteLength
  }
  const begun = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const early = chunks.shift()
      if (early) return controller.enqueue(early)
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { begun }
}
