/** What is read of an answer, bytes: enough for a job's result; the rest is not waited for. */
export const MAX_KEPT_BYTES = 32_768
/** What the operator sees of it, characters. */
export const MAX_EXCERPT_LENGTH = 2_000

export interface ReadResponse {
  text: string
  /** Whether there was more. */
  truncated: boolean
}

/** Reads an answer as text, up to a limit, and cancels the rest. */
export async function readResponse(response: Response, limitBytes: number): Promise<ReadResponse> {
  const limit = Math.min(limitBytes, MAX_KEPT_BYTES)
  if (!response.body) return { text: '', truncated: false }
  const decoder = new TextDecoder()
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), truncated: false }
    const room = limit - size
    text += decoder.decode(value.subarray(0, room), { stream: true })
    size += value.byteLength
    if (size > limit) {
      await reader.cancel()
      return { text, truncated: true }
    }
  }
}

/** The answer as the job's result keeps it: JSON as a value, other text as it is; `null` when it is not whole. */
export function resultBody({ text, truncated }: ReadResponse): unknown {
  if (truncated || text === '') return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
