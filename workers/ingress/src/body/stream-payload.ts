import { createHash } from 'node:crypto'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { payloadKey, type StoredBody } from '@orchestrator/shared/payloads/body'
import type { LargeBody } from './receive-body.ts'

/** What is held of a body at a time. */
const PIECE_BYTES = 262_144
/** R2 that takes no piece for this long is treated as down, ms. */
const PIECE_DEADLINE_MS = 5_000
/** R2 that has every byte and does not say so for this long is treated as down, ms. */
const COMMIT_DEADLINE_MS = 5_000

/** Workers' own way to read pieces of a size, which the DOM's types do not know. */
interface PieceReader {
  readAtLeast(
    least: number,
    view: Uint8Array<ArrayBuffer>,
  ): Promise<{ done: false; value: Uint8Array<ArrayBuffer> } | { done: true; value?: Uint8Array<ArrayBuffer> | undefined }>
  cancel(): Promise<void>
}

export type Streamed =
  | { kind: 'stored'; body: StoredBody; sha256: string }
  /** The sender's connection broke. */
  | { kind: 'unreadable' }
  /** R2 did not take it. */
  | { kind: 'failed'; error: unknown }

/**
 * Passes a large body into R2 piece by piece, never holding more than a piece, and shows each to `onChunk`, which may not keep it. It lands
 * under the webhook's own key before anybody knows whether it is genuine: the caller deletes it when it is not.
 */
export async function streamPayload(
  bucket: R2Bucket,
  inboxId: string,
  { stream, length }: LargeBody,
  onChunk: (chunk: Uint8Array) => void,
): Promise<Streamed> {
  const key = payloadKey(inboxId)
  const pipe = new FixedLengthStream(length)
  const put = bucket.put(key, pipe.readable).then(
    () => ({ ok: true as const }),
    (error: unknown) => ({ ok: false as const, error }),
  )
  // R2 may fail without reading on; then no piece would ever be taken.
  const givenUp = put.then((result) => (result.ok ? new Promise<never>(() => undefined) : Promise.reject(result.error)))
  givenUp.catch(() => undefined)
  const writer = pipe.writable.getWriter()
  const reader = stream.getReader({ mode: 'byob' }) as unknown as PieceReader
  // One buffer for all pieces: a large body would leave as much garbage as it has bytes, long before it is collected.
  let buffer = new Uint8Array(PIECE_BYTES)
  const hash = createHash('sha256')
  let size = 0
  let broken = false
  let refused: unknown
  for (;;) {
    const piece = await reader.readAtLeast(PIECE_BYTES, buffer).catch(() => undefined)
    if (piece === undefined || piece.done) {
      broken = piece === undefined || size !== length
      break
    }
    size += piece.value.byteLength
    hash.update(piece.value)
    onChunk(piece.value)
    try {
      await withDeadline(Promise.race([writer.write(piece.value), givenUp]), PIECE_DEADLINE_MS, 'R2')
    } catch (error) {
      refused = error
      break
    }
    buffer = new Uint8Array(piece.value.buffer)
  }
  if (broken || refused !== undefined) {
    await Promise.allSettled([writer.abort(refused), reader.cancel()])
    return broken ? { kind: 'unreadable' } : { kind: 'failed', error: refused }
  }
  const closed = await writer.close().then(
    () => true,
    () => false,
  )
  const stored = await withDeadline(put, COMMIT_DEADLINE_MS, 'R2').catch((error: unknown) => ({ ok: false as const, error }))
  if (!stored.ok) return closed ? { kind: 'failed', error: stored.error } : { kind: 'unreadable' }
  return { kind: 'stored', body: { bodyEncoding: 'r2', body: key }, sha256: hash.digest('hex') }
}
