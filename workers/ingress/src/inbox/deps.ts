import type { Clock } from '@orchestrator/shared/core/clock'
import type { ConfigSnapshot, Provider, SecretRef } from '@orchestrator/shared/contracts/config'
import type { StoredBody } from '@orchestrator/shared/payloads/body'
import type { ResolvedSecret } from '@orchestrator/shared/secrets/resolve'
import type { FetchKey } from '@orchestrator/shared/verification/types'
import type { LargeBody, Received } from '../body/receive-body.ts'
import type { Streamed } from '../body/stream-payload.ts'
import type { Kept, WebhookDraft } from '../fallback/store-durably.ts'
import type { Rejection } from '../protection/store-rejection.ts'

/** What accepting a webhook needs of the world. */
export interface AcceptDeps {
  now: Clock
  newId(prefix: 'whk' | 'job', shard: number, now: number): string
  /** Throws `unavailable` when no snapshot can be read. */
  config(): Promise<ConfigSnapshot>
  /** Rejects when the sender's connection breaks. */
  receive(limitBytes: number): Promise<Received>
  /** Empty when the secret does not resolve. */
  secrets(ref: SecretRef): Promise<readonly ResolvedSecret[]>
  fetchKey: FetchKey
  streamPayload(inboxId: string, body: LargeBody, onChunk: (chunk: Uint8Array) => void): Promise<Streamed>
  /** Nobody owns this payload: what it belongs to was refused, or is a duplicate. Does not wait. */
  dropPayload(inboxId: string): void
  store(draft: WebhookDraft, body: Uint8Array<ArrayBuffer> | StoredBody): Promise<Kept>
  failures: FailureLimit
  /** One verified webhook of a provider that has a rate limit. Never rejects: a limiter that cannot be asked lets pass. */
  limitProvider(provider: Provider): Promise<{ allowed: true } | { allowed: false; retryAfterMs: number }>
  /** Keeps a sample of what was refused. Does not wait. */
  recordRejection(rejection: Rejection): void
  handshakes: HandshakeEffects
}

/** The limit of one address at one provider that counts failures only. */
export interface FailureLimit {
  /** ms until this address is listened to again; 0: now. */
  blockedMs(provider: string, ip: string | null): number
  /** A request of this address was verified: what others send from there does not block it. */
  believe(provider: string, ip: string | null): void
  /** Counts a failure. Does not wait. */
  count(provider: string, ip: string | null): void
}

/** What some handshakes do besides answering. Each is done before the answer leaves, and rejects where it cannot be. */
export interface HandshakeEffects {
  /** The secret a sender brings in its handshake; `false` when the provider has one already. */
  storeSecret(provider: Provider, secret: string): Promise<boolean>
  /** A token that the operator must see. */
  showToken(provider: Provider, token: string): Promise<void>
  /** Visits an address of the sender to confirm a subscription. */
  confirm(url: string): Promise<void>
}

/** A request as it reached us. */
export interface Delivery {
  provider: string
  method: string
  /** With its query. */
  url: string
  headers: Headers
  /** W3C traceparent of this request. */
  trace: string
}
