import type { ParsedBody } from '../parsed-body.ts'
import type { HeaderReader, ProviderSettings, SigningSecret } from '../types.ts'

/** A request that may be a handshake. */
export interface HandshakeInput {
  method: string
  /** As it was received, with its query. */
  url: string
  headers: HeaderReader
  body: ParsedBody
  rawBody: Uint8Array
  /** Whether the signature check has passed. */
  verified: boolean
  /** The current secret first. */
  secrets: readonly SigningSecret[]
  settings: ProviderSettings
  /** Whether the provider has a secret, also one that cannot be read now. */
  hasSecret: boolean
  /** ms since the epoch. */
  now: number
}

export interface HandshakeReply {
  status: number
  headers: Record<string, string>
  body: string | null
}

/** What a handshake comes to. Effects come before the answer: what cannot be kept must not be acknowledged. */
export type HandshakeOutcome =
  | { kind: 'reply'; reply: HandshakeReply }
  /** The sender brings the secret it will sign with. Only ever where the provider has none. */
  | { kind: 'store-secret'; secret: string; reply: HandshakeReply }
  /** The operator has to see this token, and to carry it back to the sender. It is never taken for a secret by itself. */
  | { kind: 'show-token'; token: string; reply: HandshakeReply }
  /** This address of the sender has to be visited. Its host is pinned. */
  | { kind: 'confirm'; url: string; reply: HandshakeReply }
  /** It is a handshake, and not one for us. */
  | { kind: 'refuse' }

/**
 * How one sender asks whether we are there. `proof`: whether it signs that question. `if-configured`: a question that comes the
 * way events do, so it is proven like them wherever the provider has anything to prove with.
 */
export interface Handshake {
  method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST'
  proof: 'none' | 'signature' | 'if-configured'
  /** `undefined`: it is none. No I/O, no clock. */
  answer(input: HandshakeInput): HandshakeOutcome | undefined
}
