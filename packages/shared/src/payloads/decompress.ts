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
    const reader = new Blob([body]).stream().pipeThrough(new DecompressionStream(format)).getReader()
    const chunks: Uint8Array[] = []
    let size = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > limitBytes) {
        await reader.cancel()
        return undefined
      }
      chunks.push(value)
    }
    return concat(chunks, size)
  } catch {
    return undefined
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}
