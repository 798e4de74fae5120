/**
 * Reads a body up to a limit. Stops as soon as the limit is passed, and at once when Content-Length already says so;
 * the rest is never read.
 */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer> | 'too_large'> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limitBytes) {
    await request.body?.cancel()
    return 'too_large'
  }
  if (!request.body) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > limitBytes) {
      await reader.cancel()
      return 'too_large'
    }
    chunks.push(value)
  }
  if (chunks.length === 1 && chunks[0]!.buffer instanceof ArrayBuffer) return chunks[0] as Uint8Array<ArrayBuffer>
  const body = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.byteLength
  }
  return body
}
