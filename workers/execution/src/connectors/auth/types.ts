import type { Connector, ConnectorAuth } from '@orchestrator/shared/contracts/connector'
import type { Clock } from '@orchestrator/shared/core/clock'
import type { Result } from '@orchestrator/shared/core/result'
import type { Secret } from '@orchestrator/shared/secrets/secret'
import type { EgressRules } from '../build-request.ts'
import type { TokenCache } from './token-cache.ts'

/** A body as it is sent. */
export type SentBody = string | Uint8Array<ArrayBuffer>

/** What is to be signed. */
export interface UnsignedRequest {
  method: string
  url: string
  headers: Headers
  body: SentBody | null
}

/** What proves who we are, for one request. */
export interface Credentials {
  headers: Readonly<Record<string, string>>
  /** What must not appear in any record: secrets, and what is derived from them. */
  confidential: readonly string[]
}

/** The valid values of a secret by its name, the current one first; none when there is none. Throws when it cannot be looked up now. */
export type FindSecrets = (name: string) => Promise<readonly Secret[]>

/** What authorising a call needs of the world. */
export interface AuthDeps extends EgressRules {
  findSecrets: FindSecrets
  tokens: TokenCache
  now: Clock
  /** Asks token endpoints. */
  fetch: (url: string, init: RequestInit) => Promise<Response>
}

/** One call, as far as its authorisation goes. */
export interface AuthCall {
  connector: Pick<Connector, 'id'>
  idempotencyKey: string
  signal: AbortSignal
}

export type Auth<Kind extends ConnectorAuth['kind']> = Extract<ConnectorAuth, { kind: Kind }>

/** The error is for the operator: the configuration does not allow the call. Throws when something passing keeps it from being made. */
export type Authorised = Promise<Result<Credentials & { cachedToken?: boolean }, string>>
