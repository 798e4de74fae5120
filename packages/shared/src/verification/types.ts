import type { Preset, Verification } from '../contracts/preset.ts'
import type { Result } from '../core/result.ts'

/** What of a request's headers a scheme needs; `Headers` fits. Names are lower case; lines sent twice are joined by a comma. */
export interface HeaderReader {
  get(name: string): string | null
}

/** A secret as the operator configured it. */
export interface SigningSecret {
  label: 'current' | 'previous'
  secret: string
}

/** Non-secret values of the provider (audience, verify token, topics …). */
export type ProviderSettings = Readonly<Record<string, string | readonly string[]>>

/** Why a request was not believed. Senders hear one message for all of them; the reason goes to log and metric. */
export type RejectReason =
  | 'missing_header'
  | 'malformed_header'
  /** What carries the signature is the body, and the body is not of that form. */
  | 'malformed_body'
  | 'timestamp_too_old'
  | 'timestamp_in_future'
  | 'no_match'
  /** Signed by somebody, but not for us: audience, issuer, topic, address or the like. */
  | 'wrong_claim'
  /** The key it names is none of the sender's, or may not be fetched from there. */
  | 'unknown_key'
  /** Not ours to judge now: the sender's key could not be fetched. It is asked to send again. */
  | 'key_unavailable'
  /** Ours to fix: there is no secret, or none that can be a key of this scheme, or a setting is missing. */
  | 'unusable_secret'

/** What was proven, kept with the webhook. Times in seconds; null where the scheme signs none. */
export interface VerificationFacts {
  scheme: Verification['scheme']
  /** Which configured secret matched; null where none is configured. */
  secret: 'current' | 'previous' | null
  timestamp: number | null
  ageSeconds: number | null
  /** The verified JWT's claims, and what a scheme found while it verified; read by facts of kind `claim`. */
  claims?: Readonly<Record<string, unknown>>
}

export type Verdict = Result<VerificationFacts, RejectReason>

/** A key or certificate at the sender's address. The scheme has pinned the host: https, and of the sender. */
export interface KeyRequest {
  url: string
  /** Posted as JSON where given; otherwise it is a GET. It may hold credentials: part of a cache's key, in no log. */
  body?: string
  /** What was answered before lacks the wanted key: ask anew. Within a budget; beyond it, the cached answer will do. */
  fresh?: boolean
}

/**
 * Asks the sender for a key: within a deadline, without following redirects, 64 KiB at most, cached for a
 * while. The text it answered with 200; `null` where it says that it has no such thing (400, 404, 410); `undefined` where it
 * could not be had now.
 */
export type FetchKey = (request: KeyRequest) => Promise<string | null | undefined>

/** Tells what a check found, for `try`: a sentence an operator understands, never a secret. */
export type Explain = (check: string, passed: boolean, detail?: string) => void

/** What a scheme gets to see, and nothing else. */
export interface SchemeInput {
  method: string
  /** As the sender knows it: the registered address, with the query that came. */
  url: string
  headers: HeaderReader
  /** The bytes as they were signed. */
  rawBody: Uint8Array<ArrayBuffer>
  secrets: readonly SigningSecret[]
  settings: ProviderSettings
  /** ms since the epoch. */
  now: number
  /** Replaces the preset's tolerance, in both directions. */
  toleranceSeconds?: number | undefined
  fetchKey: FetchKey
  explain: Explain
}

/** What is to be signed. */
export interface SignInput {
  method: string
  url: string
  rawBody: Uint8Array<ArrayBuffer>
  contentType: string
  /** Headers of the event itself; some are signed (ids). Lower-case names. */
  headers: Readonly<Record<string, string>>
  /** What the sender signs with: shared secrets as configured, or a private key in PKCS #8 PEM where the sender has one. */
  secrets: readonly string[]
  settings: ProviderSettings
  /** Seconds since the epoch. */
  timestamp: number
}

/** A request as the sender would make it: the given headers and the signature's, and the body where the signature is in it. */
export interface SignedRequest {
  url: string
  headers: Record<string, string>
  rawBody: Uint8Array<ArrayBuffer>
}

/** The inverse of a scheme's `verify`. Throws an `Error` that says which secret or setting it misses. */
export type Sign<Config extends Verification> = (config: Config, input: SignInput) => Promise<SignedRequest>

/** The code of one scheme. */
export interface Scheme<Config extends Verification> {
  verify(config: Config, input: SchemeInput): Promise<Verdict>
  /** The headers that carry proof, redacted before anything is stored. Lower case. */
  proofHeaders(config: Config): readonly string[]
  /** Whether the proof stands in the body: whoever sees such a body could send another under it. */
  proofInBody?(config: Config): boolean
  /** The query parameters that carry proof, left out of what is stored. */
  proofParameters?(config: Config, settings: ProviderSettings): readonly string[]
}

/** A body that is verified while it passes, never held whole. */
export interface StreamingVerifier {
  update(chunk: Uint8Array): void
  finish(): Verdict
}

export type { Preset, Verification }
