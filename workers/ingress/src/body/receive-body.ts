import { readStream } from '@orchestrator/shared/core/read-stream'

/**
 * The largest body that is held in memory: it is looked into, and may wait in D1's row or a message. What is larger passes
 * through, verified and stored piece by piece.
 */
export const MAX_WHOLE_BYTES = 1_048_576

/** A body that is too large to hold, not read yet. */
export interface LargeBody {
  stream: ReadableStream<Uint8Array>
  /** What Content-Length promises; the connection breaks when it is not kept. */
  length: number
}

export type Received =
  | { kind: 'whole'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'large'; body: LargeBody }
  | { kind: 'too_large' }
  /** More than {@link MAX_WHOLE_BYTES} came without a Content-Length: R2 takes no stream of unknown length. */
  | { kind: 'length_required' }

/** Reads a small body whole and leaves a large one unread; stops at the limit. Rejects when the connection breaks. */
export async function receiveBody(request: Request, limitBytes: number): Promise<Received> {
  const length = declaredLength(request.headers)
  // The connection keeps to its Content-Length, so nothing has to be counted, and no stream be made.
  if (length !== undefined && length <= Math.min(limitBytes, MAX_WHOLE_BYTES)) {
    return { kind: 'whole', bytes: new Uint8Array(await request.arrayBuffer()) }
  }
  const stream = request.body as ReadableStream<Uint8Array> | null
  if (length !== undefined && length > limitBytes) {
    await stream?.cancel()
    return { kind: 'too_large' }
  }
  if (stream === null) return { kind: 'whole', bytes: new Uint8Array() }
  if (length !== undefined) return { kind: 'large', body: { stream, length } }
  return readWhole(stream, Math.min(limitBytes, MAX_WHOLE_BYTES), limitBytes)
}

function declaredLength(headers: Headers): number | undefined {
  const text = headers.get('content-length')
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

async function readWhole(stream: ReadableStream<Uint8Array>, most: number, limitBytes: number): Promise<Received> {
  const bytes = await readStream(stream, most)
  if (bytes === undefined) return { kind: most === limitBytes ? 'too_large' : 'length_required' }
  return { kind: 'whole', bytes }
}
