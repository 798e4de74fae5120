import { toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { readStream } from '@orchestrator/shared/core/read-stream'
import { withoutSecrets } from '../connectors/authorise.ts'
import { callHttp, type HttpConnectorDeps } from '../connectors/http-connector.ts'
import { answerHeaders } from './answer-headers.ts'
import type { ExecuteCall, ExecuteHttpCall, UpstreamAnswer } from './upstream-answer.ts'

/** What a call of `/execute` reads into memory at most, bytes, whatever its connector allows: larger answers are for streams. */
export const MAX_READ_BYTES = 8 * 1_048_576

/**
 * Makes one call and keeps the whole answer for its caller; the connector itself reads only what its records need. The last
 * answer counts: those before it were redirects, or tokens that were fetched.
 */
export async function callUpstream(deps: HttpConnectorDeps, call: ExecuteHttpCall): Promise<ExecuteCall> {
  const secrets: string[] = []
  const clean = (text: string): string => withoutSecrets(text, secrets)
  let answer: UpstreamAnswer | null = null
  const made = await callHttp(
    {
      ...deps,
      async findSecret(name) {
        const secret = await deps.findSecret(name)
        if (secret) secrets.push(...confidential(call, secret.reveal()))
        return secret
      },
      async fetch(url, init) {
        const response = await deps.fetch(url, init)
        if (answer?.body.kind === 'stream') await answer.body.stream?.cancel()
        const taken = await take(response, call, clean)
        answer = taken.answer
        return taken.rest
      },
    },
    call,
  )
  return { ...made, answer: made.end.kind === 'answered' ? answer : null }
}

/** The answer, and what the connector gets to see of it. */
async function take(
  response: Response,
  { form, connector }: ExecuteHttpCall,
  clean: (text: string) => string,
): Promise<{ answer: UpstreamAnswer; rest: Response }> {
  const { status } = response
  const head = { status, headers: answerHeaders(response.headers, clean), clean }
  const shell = (body: BodyInit | null) => new Response(body, { status, headers: response.headers })
  if (form === 'raw' && response.ok) {
    const { responseLimitBytes: limitBytes } = connector
    return { answer: { ...head, body: { kind: 'stream', stream: response.body, limitBytes } }, rest: shell(null) }
  }
  const limitBytes = Math.min(connector.responseLimitBytes, MAX_READ_BYTES)
  const bytes = await readStream(response.body, limitBytes)
  if (!bytes) return { answer: { ...head, body: { kind: 'too_large', limitBytes } }, rest: shell(null) }
  return { answer: { ...head, body: { kind: 'bytes', bytes } }, rest: shell(bytes.byteLength === 0 ? null : bytes) }
}

/** All forms in which a credential may stand in an answer that echoes it. */
function confidential({ connector: { auth } }: ExecuteHttpCall, secret: string): string[] {
  return auth.kind === 'basic' ? [secret, toBase64(utf8(`${auth.username}:${secret}`))] : [secret]
}
