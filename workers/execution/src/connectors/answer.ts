import type { Operation } from '@orchestrator/shared/contracts/connector'
import { decodeUtf8 } from '@orchestrator/shared/core/bytes'
import { type AnswerView, isSuccess, mapAnswer, needsBody } from './judge-answer.ts'
import { bytesWithoutSecrets, streamWithoutSecrets } from './secret-bytes.ts'
import { createCleaner } from './without-secrets.ts'
import { bodyValue, MAX_EXCERPT_LENGTH, MAX_KEPT_BYTES, readBody, type ReadBody } from './read-response.ts'

/** What expressions take as their input at most, bytes. */
const MAX_JUDGED_BYTES = 1_048_576
/** Enough for an excerpt, and for a secret that begins in it, bytes. */
const EXCERPT_BYTES = 32_768

/** The body of an answer: read whole, longer than allowed, or still to be read. */
export type AnswerBody =
  | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'too_large'; limitBytes: number }
  | { kind: 'stream'; stream: ReadableStream<Uint8Array> | null; limitBytes: number }

/** What the upstream answered. Its body is without the connector's secrets already, its headers are not. */
export interface HttpAnswer {
  status: number
  headers: Headers
  body: AnswerBody
  /** Takes the connector's secrets out of a text. */
  clean: (text: string) => string
}

/** An answer that was read and judged. */
export interface Answer {
  /** What the operation's own rule says. */
  success: boolean | null
  /** The start, for the operator. */
  excerpt: string | null
  /** For a job's result: what the response mapping made, else JSON as a value or text; `null` when it was too large. */
  value: unknown
  problem: string | null
  answer: HttpAnswer
}

export interface ReadOptions {
  /** What is kept of the body, and what the connector allows at all. */
  keepBytes: number
  responseLimitBytes: number
  /** Leaves the body of a successful answer to be read. */
  stream: boolean
  /** What must not be told. */
  secrets: readonly string[]
}

/** Reads an answer as far as it is wanted, and judges it by the operation's rules. Rejects when it breaks off. */
export async function readAnswer(response: Response, operation: Operation, options: ReadOptions): Promise<Answer> {
  const { secrets, responseLimitBytes } = options
  const clean = createCleaner(secrets)
  const { status, headers } = response
  const judged = needsBody(operation)
  if (options.stream && !judged) {
    const success = await isSuccess(operation, viewOf(response, null, clean), false)
    if (success ?? response.ok) {
      const stream = response.body && streamWithoutSecrets(response.body, secrets)
      const body = { kind: 'stream' as const, stream, limitBytes: responseLimitBytes }
      return { success, excerpt: null, value: null, problem: null, answer: { status, headers, body, clean } }
    }
  }
  const limitBytes = Math.min(responseLimitBytes, judged ? Math.max(options.keepBytes, MAX_JUDGED_BYTES) : options.keepBytes)
  const read = await readBody(response.body, limitBytes)
  const view = viewOf(response, judged && read.whole ? decodeUtf8(read.bytes) : null, clean)
  const success = await isSuccess(operation, view, read.whole)
  const body = read.whole
    ? { kind: 'bytes' as const, bytes: bytesWithoutSecrets(read.bytes, secrets) }
    : { kind: 'too_large' as const, limitBytes }
  const kept =
    (success ?? response.ok)
      ? await keptValue(operation, view, read, { ...options, clean })
      : { value: valueOf(read, clean), problem: null }
  const excerpt = `${kept.problem === null ? '' : `[${kept.problem}] `}${clean(textOf(read, EXCERPT_BYTES))}`
  return { success, excerpt: excerpt.slice(0, MAX_EXCERPT_LENGTH), ...kept, answer: { status, headers, body, clean } }
}

async function keptValue(
  operation: Operation,
  view: AnswerView,
  read: ReadBody,
  { keepBytes, clean }: Pick<ReadOptions, 'keepBytes'> & Pick<HttpAnswer, 'clean'>,
): Promise<Pick<Answer, 'value' | 'problem'>> {
  const mapped = await mapAnswer(operation, view, read.whole)
  if (mapped.kind === 'none') return { value: valueOf(read, clean), problem: null }
  if (mapped.kind === 'failed') return { value: null, problem: mapped.error }
  if (JSON.stringify(mapped.value).length <= keepBytes) return { value: mapped.value, problem: null }
  return { value: null, problem: `what the response mapping makes is longer than ${keepBytes} bytes` }
}

function viewOf(response: Response, text: string | null | undefined, clean: (text: string) => string): AnswerView {
  const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name, clean(value)]))
  return { status: response.status, headers, body: bodyValue(clean(text ?? '')) }
}

/** A whole short body as it came. */
function valueOf({ bytes, whole }: ReadBody, clean: (text: string) => string): unknown {
  if (!whole || bytes.byteLength > MAX_KEPT_BYTES) return null
  return bodyValue(clean(textOf({ bytes, whole }, bytes.byteLength)))
}

/** As text, whatever it is; half a character at the end is left out. */
function textOf({ bytes }: ReadBody, maxBytes: number): string {
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: bytes.byteLength > maxBytes })
}
