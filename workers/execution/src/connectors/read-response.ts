import { concatBytes } from '@orchestrator/shared/core/bytes'

/** What is read of an answer for a job's result, bytes; the rest is not waited for. */
export const MAX_KEPT_BYTES = 32_768
/** What the operator sees of it, characters. */
export const MAX_EXCERPT_LENGTH = 2_000

export interface ReadBody {
  /** Its beginning where it is not whole. */
  bytes: Uint8Array<ArrayBuffer>
  whole: boolean
}

/** Reads a body up to a limit, and cancels the rest. */
export async function readBody(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<ReadBody> {
  if (!body) return { bytes: new Uint8Array(), whole: true }
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  let whole = false
  while (size <= limitBytes && !whole) {
    const { done, value } = await reader.read()
    whole = done
    if (value) {
      chunks.push(value)
      size += value.byteLength
    }
  }
  if (!whole) await reader.cancel()
  return { bytes: concatBytes(chunks).subarray(0, limitBytes), whole }
}

/** Lets go of a body that nobody reads. */
export async function dropBody(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body) await quietly(body.cancel())
}

/** Waits for a body to be cancelled. One that broke by itself is gone already, and says so: that is no news. */
export async function quietly(cancelling: Promise<void>): Promise<void> {
  await cancelling.catch(() => undefined)
}

/** JSON as a value, other text as it is; `null` when there is nothing. */
export function bodyValue(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
