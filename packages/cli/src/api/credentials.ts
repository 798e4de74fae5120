import * as z from 'zod'
import { CliError, usageError } from '../cli-error.ts'
import { exchange, NoAnswer } from './exchange.ts'
import { explainNoAnswer } from './explain.ts'
import { isLocal } from './local-names.ts'
import { readText } from './read-text.ts'

/** What a person gave to prove who they are. */
export type Credentials =
  | { kind: 'none' }
  | { kind: 'token'; token: string }
  | { kind: 'service'; clientId: string; clientSecret: string }
  /** The local Access mints a token for whoever is named. */
  | { kind: 'as'; email: string }

export interface CredentialOptions {
  token?: string | undefined
  as?: string | undefined
}

/** Options come before variables; of the variables a token comes before a service token. */
export function chooseCredentials(options: CredentialOptions, env: Readonly<Record<string, string | undefined>>): Credentials {
  if (options.as !== undefined && options.token !== undefined) throw usageError('--as and --token exclude each other')
  if (options.as !== undefined) {
    if (!z.email().safeParse(options.as).success) throw usageError(`--as takes an address, not “${options.as}”`)
    return { kind: 'as', email: options.as }
  }
  if (options.token !== undefined) return tokenOf(options.token)
  if (env.ORC_TOKEN) return tokenOf(env.ORC_TOKEN)
  const [clientId, clientSecret] = [env.ORC_CLIENT_ID, env.ORC_CLIENT_SECRET]
  if (clientId && clientSecret) {
    return {
      kind: 'service',
      clientId: forHeader('ORC_CLIENT_ID', clientId),
      clientSecret: forHeader('ORC_CLIENT_SECRET', clientSecret),
    }
  }
  if (clientId || clientSecret) throw usageError('ORC_CLIENT_ID and ORC_CLIENT_SECRET belong together: set both')
  return { kind: 'none' }
}

function tokenOf(text: string): Credentials {
  return { kind: 'token', token: forHeader('The token', text) }
}

/** Without what a file has at its end. Other characters could not stand in a header. */
function forHeader(what: string, text: string): string {
  const token = text.trim()
  if (!/^[\w.~+/=-]+$/.test(token)) throw usageError(`${what} has characters that no token has: was it copied whole?`)
  return token
}

/**
 * The headers that prove it. `cf-access-token` and the client's id are for Cloudflare's edge, which replaces them by its own
 * `cf-access-jwt-assertion` (https://developers.cloudflare.com/cloudflare-one/identity/service-tokens/); where there is no edge,
 * on the local stack, control reads that header itself.
 */
export async function authHeaders(credentials: Credentials, url: URL, timeoutMs: number): Promise<Record<string, string>> {
  switch (credentials.kind) {
    case 'none':
      return {}
    case 'token':
      return { 'cf-access-token': credentials.token, 'cf-access-jwt-assertion': credentials.token }
    case 'service':
      return { 'cf-access-client-id': credentials.clientId, 'cf-access-client-secret': credentials.clientSecret }
    case 'as':
      return { 'cf-access-jwt-assertion': await mintLocally(credentials.email, url, timeoutMs) }
  }
}

async function mintLocally(email: string, url: URL, timeoutMs: number): Promise<string> {
  if (!isLocal(url.hostname)) throw usageError('--as is for the local stack only', 'Elsewhere take a token: see orc --help.')
  const access = new URL(`http://access.localhost:${url.port || '80'}/token`)
  access.searchParams.set('app', 'console')
  access.searchParams.set('email', email)
  const answer = await exchange({ url: access, method: 'GET', headers: {}, timeoutMs }).catch((error: unknown) => {
    if (error instanceof NoAnswer) throw explainNoAnswer({ url: access, method: 'GET', code: error.code, wrote: false })
    throw error
  })
  const text = (await readText(answer.body)).trim()
  if (answer.status !== 200) throw new CliError(`The local Access gave no token for ${email}`, { lines: [text.slice(0, 200)] })
  return text
}
