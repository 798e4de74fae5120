import { decodeUtf8, sha256Hex, toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { readStream } from '@orchestrator/shared/core/read-stream'
import { err, ok } from '@orchestrator/shared/core/result'
import { guardUrl, REFUSALS } from '@orchestrator/shared/egress/url-guard'
import * as z from 'zod'
import type { Auth, AuthCall, AuthDeps, Authorised } from './types.ts'

const DEADLINE_MS = 5_000
const MAX_ANSWER_BYTES = 65_536
/** How long a token holds that does not say it, seconds. */
const DEFAULT_EXPIRES_SECONDS = 300
/** A token is renewed this long before its end, ms, or after half its time. */
const RENEW_BEFORE_MS = 60_000
/** How long nobody asks again after the endpoint failed, ms. */
const FAILURE_PAUSE_MS = 1_000

const answer = z.object({
  access_token: z.string().min(1).max(16_384),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().default(DEFAULT_EXPIRES_SECONDS).catch(DEFAULT_EXPIRES_SECONDS),
})

/**
 * A token for the client itself (RFC 6749, section 4.4), kept until shortly before it ends. The endpoint is guarded like every
 * address. Refuses when the endpoint refuses the client; throws when it cannot be asked now: then no call is made, and no attempt.
 */
export async function oauthToken(
  deps: AuthDeps,
  auth: Auth<'oauth2ClientCredentials'>,
  secret: string,
  call: AuthCall,
): Authorised {
  const key = await tokenKey(auth, secret, call)
  const known = deps.tokens.token(key, deps.now())
  if (known !== undefined) return ok({ ...bearer(known, auth, secret), cachedToken: true })
  const failure = deps.tokens.failure(key, deps.now())
  if (failure !== undefined) throw new Error(failure)
  const guarded = guardUrl(auth.tokenUrl, deps.environment, deps.ownHosts)
  if (!guarded.ok) return err(`the address of the token endpoint is refused: ${REFUSALS[guarded.error]}`)
  const { token, refusal, failed } = await ask(deps, guarded.value.href, auth, secret, call.signal)
  if (refusal !== undefined) return err(`the token endpoint ${refusal}`)
  if (token === undefined) {
    const error = `no token could be got, and the call was not sent: the token endpoint ${failed}`
    if (!call.signal.aborted) deps.tokens.fail(key, error, deps.now() + FAILURE_PAUSE_MS)
    throw new Error(error)
  }
  const lifeMs = token.expires_in * 1_000
  deps.tokens.keep(key, token.access_token, deps.now() + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2))
  return ok({ ...bearer(token.access_token, auth, secret), cachedToken: false })
}

/** The upstream did not take the token: the next one is fetched anew. */
export async function dropToken(
  deps: Pick<AuthDeps, 'tokens' | 'now'>,
  auth: Auth<'oauth2ClientCredentials'>,
  secret: string,
  call: AuthCall,
): Promise<void> {
  const key = await tokenKey(auth, secret, call)
  deps.tokens.drop(key, deps.tokens.token(key, deps.now()) ?? '')
}

/** One token for each connector, each way of asking and each value of the secret. */
function tokenKey(auth: Auth<'oauth2ClientCredentials'>, secret: string, { connector }: AuthCall): Promise<string> {
  return sha256Hex(JSON.stringify([connector.id, auth, secret]))
}

function bearer(token: string, auth: Auth<'oauth2ClientCredentials'>, secret: string) {
  return {
    headers: { authorization: `Bearer ${token}` },
    confidential: [token, `Bearer ${token}`, secret, formEncoded(secret), basic(auth, secret)],
  }
}

interface Asked {
  token?: z.infer<typeof answer>
  /** What the endpoint has against us: for the operator to mend. */
  refusal?: string
  /** What passes. */
  failed?: string
}

async function ask(
  deps: AuthDeps,
  url: string,
  auth: Auth<'oauth2ClientCredentials'>,
  secret: string,
  signal: AbortSignal,
): Promise<Asked> {
  const { clientId, scopes, audience, clientAuth } = auth
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scopes.length > 0) form.set('scope', scopes.join(' '))
  if (audience !== null) form.set('audience', audience)
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
  if (clientAuth === 'basic') headers.set('authorization', `Basic ${basic(auth, secret)}`)
  else {
    form.set('client_id', clientId)
    form.set('client_secret', secret)
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)])
  let response: Response
  let bytes: Uint8Array<ArrayBuffer> | undefined
  try {
    response = await deps.fetch(url, { method: 'POST', headers, body: form.toString(), redirect: 'manual', signal: limit })
    bytes = await readStream(response.body, MAX_ANSWER_BYTES)
  } catch (error) {
    const cause = errorMessage(error).replaceAll(secret, '[redacted]')
    return { failed: limit.aborted ? `did not answer within ${DEADLINE_MS} ms` : `cannot be reached (${cause})` }
  }
  return judge(response.status, parse(bytes))
}

function judge(status: number, body: unknown): Asked {
  if (status === 408 || status === 429 || status >= 500) return { failed: `answered ${status}` }
  if (status !== 200) return { refusal: `answered ${status}${errorCode(body)}` }
  const token = answer.safeParse(body)
  return token.success ? { token: token.data } : { refusal: 'answered no bearer token' }
}

/** RFC 6749, section 5.2: one of a few words. Nothing else of the answer is told. */
function errorCode(body: unknown): string {
  const code = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : ''
}

function parse(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse((bytes && decodeUtf8(bytes)) ?? '') as unknown
  } catch {
    return undefined
  }
}

/** RFC 6749, section 2.3.1: both are encoded like fields of a form first. */
function basic({ clientId }: Auth<'oauth2ClientCredentials'>, secret: string): string {
  return toBase64(utf8(`${formEncoded(clientId)}:${formEncoded(secret)}`))
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
