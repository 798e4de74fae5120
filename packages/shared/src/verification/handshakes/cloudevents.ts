import { empty, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/** A DNS name, as senders give it; no longer than one may be. */
const ORIGIN = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/
const RATE = /^[1-9]\d{0,8}$/

/**
 * `OPTIONS` with `WebHook-Request-Origin`: permission to send, at the rate that is asked for.
 * https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection
 */
export const cloudevents: Handshake = {
  method: 'OPTIONS',
  proof: 'none',
  answer({ headers }) {
    const origin = headers.get('webhook-request-origin')
    if (origin === null) return undefined
    if (!ORIGIN.test(origin)) return REFUSED
    const rate = headers.get('webhook-request-rate')
    const allowedRate = rate !== null && RATE.test(rate) ? rate : '*'
    const allowed = { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': allowedRate, allow: 'POST' }
    return { kind: 'reply', reply: empty(allowed) }
  },
}
