import type { Preset } from '@orchestrator/shared/contracts/preset'
import type { RejectReason } from '@orchestrator/shared/verification/types'
import { proofHeaders } from '@orchestrator/shared/verification/verify'
import type { Place } from '../fallback/store-durably.ts'

export type RefusalReason = RejectReason | 'handshake_refused'

/** Everything that can become of a delivery. */
export type AcceptOutcome =
  /** 200, or what the sender insists on. `duplicate` carries the id of the first delivery. */
  | {
      outcome: 'accepted' | 'ignored' | 'duplicate'
      id: string
      place: Place
      eventType: string | null
      jobs: number
      reply: Preset['reply']
    }
  /** The sender's question whether we are there, answered as it wants. Nothing is stored. */
  | { outcome: 'handshake'; status: number; headers: Record<string, string>; body: string | null }
  /** 404 */
  | { outcome: 'unknown_provider' }
  /** 503: a 4xx would make some senders unsubscribe. */
  | { outcome: 'provider_disabled' }
  /** 405 */
  | { outcome: 'method_not_allowed'; allowed: readonly string[] }
  /** 431 */
  | { outcome: 'headers_too_large' }
  /** 403 */
  | {
      outcome: 'network_not_allowed'
      /** It may be genuine all the same: redacted before a sample of the request is kept. */
      proofHeaders: readonly string[]
    }
  /** 429: too many failures from one address, or more verified webhooks than the provider's limit. */
  | { outcome: 'rate_limited'; by: 'failures' | 'provider'; retryAfterMs: number }
  /** 413. `limitBytes` is the provider's, or that of schemes that need the whole body. */
  | { outcome: 'body_too_large'; limitBytes: number }
  /** 411 */
  | { outcome: 'length_required'; limitBytes: number }
  /** 400: the connection broke, most likely. */
  | { outcome: 'body_unreadable' }
  /** 401, or what the sender insists on, with one message for every reason. */
  | {
      outcome: 'unverified'
      reason: RefusalReason
      refusal: Preset['refusal']
      /** Redacted before a sample of the request is kept. */
      proofHeaders: readonly string[]
    }
  /** 503: the sender's keys could not be fetched, so it is asked to send again. */
  | { outcome: 'key_unavailable' }
  /** 503: ours to fix, so the sender keeps the event and tries again. */
  | { outcome: 'misconfigured'; problem: string }
  /** 503: nothing durable took it. */
  | { outcome: 'not_durable' }

/** A request that was not believed, answered as this sender insists. */
export function unverified(preset: Preset, reason: RefusalReason): AcceptOutcome {
  return { outcome: 'unverified', reason, refusal: preset.refusal, proofHeaders: proofHeaders(preset) }
}
