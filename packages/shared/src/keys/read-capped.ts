/** The bytes of an answer, `undefined` as soon as there are more than the limit; the rest is never read. */
export async function readCapped(response: Response, limitBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!response.body) return new Uint8Array(0)
  const bytes = new Uint8Array(limitBytes)
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return bytes.slice(0, size)
    if (size + value.byteLength > limitBytes) {
      await reader.cancel()
      return undefined
    }
    bytes.set(value, size)
    size += value.byteLength
  }
}
