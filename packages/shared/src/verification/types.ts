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

/** Why a request was not believed. Senders hear one message for all of them; the reason goes to log and metric. */
export type RejectReason =
  | 'missing_header'
  | 'malformed_header'
  | 'timestamp_too_old'
  | 'timestamp_in_future'
  | 'no_match'
  /** Ours to fix: there is no secret, or none that can be a key of this scheme. */
  | 'unusable_secret'

/** What was proven, kept with the webhook. Times in seconds; null where the scheme signs none. */
export interface VerificationFacts {
  scheme: string
  secret: 'current' | 'previous'
  timestamp: number | null
  ageSeconds: number | null
}

export type Verdict = Result<VerificationFacts, RejectReason>

/** How far a signed time may lie from now. */
export interface Tolerance {
  pastSeconds: number
  futureSeconds: number
}

/** What a scheme gets to see: bytes, headers, secrets and the time, nothing else. `now` in ms. */
export interface SchemeInput {
  rawBody: Uint8Array<ArrayBuffer>
  headers: HeaderReader
  secrets: readonly SigningSecret[]
  now: number
  tolerance: Tolerance
}
