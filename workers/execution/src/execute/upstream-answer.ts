import { decodeUtf8, toBase64 } from '@orchestrator/shared/core/bytes'
import { isTooDeep } from '@orchestrator/shared/core/json-depth'
import type { Call } from '@orchestrator/shared/policy/types'
import type { HttpCall } from '../connectors/http-connector.ts'

/** How a caller wants the answer: as JSON with all around it, or the body as it comes. */
export type AnswerForm = 'json' | 'raw'

export interface ExecuteHttpCall extends HttpCall {
  form: AnswerForm
}

/** The body of an answer: read whole, longer than allowed, or still to be read by whoever wants it raw. */
export type UpstreamBody =
  | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'too_large'; limitBytes: number }
  | { kind: 'stream'; stream: ReadableStream<Uint8Array> | null; limitBytes: number }

/** What the upstream answered, as its caller may see it. */
export interface UpstreamAnswer {
  status: number
  /** By lower-case name, without what concerns only one connection or proves an identity. */
  headers: Record<string, string>
  body: UpstreamBody
  /** Takes the connector's secrets out of a text. */
  clean: (text: string) => string
}

export interface ExecuteCall extends Call {
  /** `null` when none came. */
  answer: UpstreamAnswer | null
  /** Why the response mapping gave nothing, though the upstream has done it. */
  problem: string | null
}

/** A body as a value of our own JSON: its text, and how it is encoded. */
export interface JsonBody {
  json: string
  encoding?: 'base64'
}

/**
 * A body as JSON: where it is JSON, its very text, so that long numbers keep their digits; other text as a string; what is not
 * UTF-8 as base64; nothing as `null`.
 */
export function bodyAsJson(bytes: Uint8Array, contentType: string | undefined, clean: (text: string) => string): JsonBody {
  if (bytes.byteLength === 0) return { json: 'null' }
  const decoded = decodeUtf8(bytes)
  if (decoded === undefined) return { json: JSON.stringify(toBase64(bytes)), encoding: 'base64' }
  const text = clean(decoded)
  const saysJson = contentType === undefined || /[/+]json\b/i.test(contentType)
  return { json: saysJson && isJson(text) ? text : JSON.stringify(text) }
}

function isJson(text: string): boolean {
  if (isTooDeep(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
