import { readStream } from '@orchestrator/shared/core/read-stream'
import { soundsSecret } from '@orchestrator/shared/core/secret-names'
import { withoutSecrets } from '../connectors/authorise.ts'
import { callHttp, type HttpConnectorDeps } from '../connectors/http-connector.ts'
import { answerHeaders } from './answer-headers.ts'
import type { ExecuteCall, ExecuteHttpCall, UpstreamAnswer } from './upstream-answer.ts'

/** What a call of `/execute` reads into memory at most, bytes, whatever its connector allows: larger answers are for streams. */
export const MAX_READ_BYTES = 8 * 1_048_576

/** Shorter values of headers are words, not credentials, characters. */
const MIN_CREDENTIAL_LENGTH = 8

/**
 * Makes one call and keeps the whole answer for its caller; the connector itself reads only what its records need. The last
 * answer counts: those before it were redirects.
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
        if (secret) secrets.push(secret.reveal())
        return secret
      },
      async fetch(url, init) {
        const response = await deps.fetch(url, init)
        if (isTokenRequest(call, url)) return response
        secrets.push(...credentialsIn(init))
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

/** What a request for a token gets is not the answer of the call. */
function isTokenRequest({ connector: { auth } }: ExecuteHttpCall, url: string): boolean {
  return auth.kind === 'oauth2ClientCredentials' && new URL(auth.tokenUrl).href === new URL(url).href
}

/** The credentials as they were sent, with and without their scheme: an answer may echo them. */
function credentialsIn({ headers }: RequestInit): string[] {
  return [...new Headers(headers)]
    .filter(([name]) => soundsSecret(name))
    .flatMap(([, value]) => [value, value.replace(/^\S+ +/, '')])
    .filter((value) => value.length >= MIN_CREDENTIAL_LENGTH)
}
