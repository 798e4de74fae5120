import { decodeUtf8, toBase64 } from '@orchestrator/shared/core/bytes'
import { isTooDeep } from '@orchestrator/shared/core/json-depth'
import type { HttpAnswer } from '../connectors/answer.ts'
import type { HttpCall, HttpResult } from '../connectors/http-connector.ts'

/** How a caller wants the answer: as JSON with all around it, or the body as it comes. */
export type AnswerForm = 'json' | 'raw'

export interface ExecuteHttpCall extends HttpCall {
  form: AnswerForm
}

/** What the upstream answered, as its caller may see it. */
export interface UpstreamAnswer extends Omit<HttpAnswer, 'headers'> {
  /** By lower-case name, without what concerns only one connection or proves an identity. */
  headers: Record<string, string>
}

export interface ExecuteCall extends Omit<HttpResult, 'answer'> {
  /** `null` when none came. */
  answer: UpstreamAnswer | null
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
export function bodyAsJson(bytes: Uint8Array, contentType: string | undefined): JsonBody {
  if (bytes.byteLength === 0) return { json: 'null' }
  const text = decodeUtf8(bytes)
  if (text === undefined) return { json: JSON.stringify(toBase64(bytes)), encoding: 'base64' }
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
