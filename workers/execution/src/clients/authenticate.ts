import type { AccessRejection, Identity } from '@orchestrator/shared/access/rejection'
import type { Client } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { sha256Hex } from '@orchestrator/shared/core/bytes'
import { isDevelopmentValue } from '@orchestrator/shared/core/development-value'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { clientIndex } from './client-index.ts'

/** No key of ours is longer, characters. */
const MAX_KEY_LENGTH = 512

/** Why a caller is not let in. `detail` is for the caller, who only learns more of a key that is known. */
export interface Refusal {
  /** `unavailable`: our failure, a 503; the others are 401. `missing` carries no error in its challenge (RFC 6750, section 3.1). */
  kind: 'missing' | 'invalid' | 'unavailable'
  detail: string
  /** For the log. */
  cause: string
}

export interface AuthenticateOptions {
  config: ConfigSnapshot
  environment: 'development' | 'production'
  /** ms. */
  now: number
  /** Verifies the token of an Access service token; `null` where they are not used. */
  verifyServiceToken: ((token: string) => Promise<Result<Identity, AccessRejection>>) | null
}

/**
 * The client of a request: by its API key in `Authorization: Bearer` (RFC 6750), or else by the token that Access adds for a
 * service token. A key costs one hash and one look-up, whether it is known or not. The cookie that Access sets in browsers
 * counts for nothing here, so no foreign page can call in somebody's name.
 */
export async function authenticate(headers: Headers, options: AuthenticateOptions): Promise<Result<Client, Refusal>> {
  const authorization = headers.get('authorization')
  const assertion = headers.get('cf-access-jwt-assertion')?.trim()
  if (authorization !== null) return byKey(authorization, options)
  if (assertion && options.verifyServiceToken) return byServiceToken(assertion, options, options.verifyServiceToken)
  const detail = 'Send an API key: Authorization: Bearer <key>.'
  return err({ kind: 'missing', detail, cause: 'no credentials' })
}

/** How a request tells whose it is. */
export type Identify = typeof authenticate

async function byKey(authorization: string, { config, environment, now }: AuthenticateOptions): Promise<Result<Client, Refusal>> {
  const [, scheme = '', presented = ''] = /^(\S*)[ \t]*(.*)$/.exec(authorization.trim()) ?? []
  if (scheme.toLowerCase() !== 'bearer' || presented === '') {
    return invalid('The Authorization header must read: Bearer <key>.', 'not a bearer credential')
  }
  const hash = await sha256Hex(presented)
  const found = clientIndex(config).byKeyHash.get(hash)
  const refused = presented.length > MAX_KEY_LENGTH || (environment === 'production' && isDevelopmentValue(presented))
  if (!found || refused) return invalid('This API key is not known.', refused ? 'a key of development' : 'unknown key')
  const { client, key } = found
  if (key.expiresAt !== null && key.expiresAt <= now) {
    const at = new Date(key.expiresAt).toISOString()
    return invalid(`This API key expired at ${at}. Use a newer key of the client “${client.id}”.`, 'expired key')
  }
  return enabled(client)
}

async function byServiceToken(
  assertion: string,
  { config }: AuthenticateOptions,
  verify: NonNullable<AuthenticateOptions['verifyServiceToken']>,
): Promise<Result<Client, Refusal>> {
  const verified = await verify(assertion)
  if (!verified.ok) {
    const { reason } = verified.error
    if (reason !== 'keys_unavailable') return invalid('The service token could not be verified.', reason)
    return err({ kind: 'unavailable', detail: 'Service tokens cannot be verified right now.', cause: reason })
  }
  if (verified.value.kind !== 'service') return invalid('Only service tokens and API keys can call here.', 'a person’s token')
  const client = clientIndex(config).byServiceToken.get(verified.value.id)
  return client ? enabled(client) : invalid('This service token belongs to no client.', 'unknown service token')
}

/** @returns the client, unless it is disabled. */
export function enabled(client: Client): Result<Client, Refusal> {
  return client.enabled ? ok(client) : invalid(`The client “${client.id}” is disabled.`, 'disabled client')
}

export function invalid(detail: string, cause: string): { ok: false; error: Refusal } {
  return err({ kind: 'invalid', detail, cause })
}
