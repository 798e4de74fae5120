import { readStream } from '../core/read-stream.ts'

/** Formats of `Content-Encoding` that senders use. https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1 */
const FORMATS: Readonly<Record<string, CompressionFormat>> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' }

type CompressionFormat = ConstructorParameters<typeof DecompressionStream>[0]

/**
 * The content of a body that came compressed; the body itself where it did not. `undefined`: an encoding we do not read, damaged
 * data, or more than `limitBytes` of content (a small body can be a very large one compressed).
 */
export async function decompress(
  contentEncoding: string | null,
  body: Uint8Array<ArrayBuffer>,
  limitBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const encoding = contentEncoding?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return body.length > limitBytes ? undefined : body
  const format = FORMATS[encoding]
  if (format === undefined) return undefined
  try {
    const content = new Blob([body]).stream().pipeThrough(new DecompressionStream(format))
    return await readStream(content as ReadableStream<Uint8Array>, limitBytes)
  } catch {
    return undefined
  }
}
