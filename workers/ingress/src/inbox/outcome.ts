import type { Preset } from '@orchestrator/shared/verification/preset'
import type { RejectReason } from '@orchestrator/shared/verification/types'
import type { Place } from '../fallback/store-durably.ts'

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
  /** 404 */
  | { outcome: 'unknown_provider' }
  /** 503: a 4xx would make some senders unsubscribe. */
  | { outcome: 'provider_disabled' }
  /** 413 */
  | { outcome: 'body_too_large'; limitBytes: number }
  /** 400: the connection broke, most likely. */
  | { outcome: 'body_unreadable' }
  /** 401, with one message for every reason. */
  | { outcome: 'unverified'; reason: RejectReason }
  /** 503: ours to fix, so the sender keeps the event and tries again. */
  | { outcome: 'misconfigured'; problem: string }
  /** 503: nothing durable took it. */
  | { outcome: 'not_durable' }
