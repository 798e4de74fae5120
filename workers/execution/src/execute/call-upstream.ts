import { callHttp, type HttpConnectorDeps } from '../connectors/http-connector.ts'
import { answerHeaders } from './answer-headers.ts'
import type { ExecuteCall, ExecuteHttpCall } from './upstream-answer.ts'

/** What a call of `/execute` reads into memory at most, bytes, whatever its connector allows: larger answers are for streams. */
export const MAX_READ_BYTES = 8 * 1_048_576

/** Makes one call and keeps the whole answer for its caller; its input was checked when it was asked for. */
export async function callUpstream(deps: HttpConnectorDeps, call: ExecuteHttpCall): Promise<ExecuteCall> {
  const made = await callHttp(deps, { ...call, checked: true, keepBytes: MAX_READ_BYTES, stream: call.form === 'raw' })
  const { answer } = made
  return { ...made, answer: answer && { ...answer, headers: answerHeaders(answer.headers, answer.clean) } }
}
