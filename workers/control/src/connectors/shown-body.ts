import { withDeadline } from '@orchestrator/shared/core/clock'
import { decodeUtf8 } from '@orchestrator/shared/core/bytes'
import { readStream } from '@orchestrator/shared/core/read-stream'

/** An operator looks at an answer, and need not see all of a large one, bytes. */
const MAX_ANSWER_BYTES = 1_048_576
/** The head was there in time: the rest must not be waited for without end, ms. */
const BODY_DEADLINE_MS = 10_000

/** The body of an answer of execution, for people: JSON as a value, other text as it is. */
export async function shownBody(response: Response): Promise<unknown> {
  const bytes = await withDeadline(readStream(response.body, MAX_ANSWER_BYTES), BODY_DEADLINE_MS, 'the answer').catch(
    () => undefined,
  )
  const text = bytes && decodeUtf8(bytes)
  if (text === undefined) return `(not shown: longer than ${MAX_ANSWER_BYTES} bytes, broken off, or too slow)`
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
