import { isEchoable, json, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * `GET` with `X-Okta-Verification-Challenge`, once for an event hook: the value goes back inside JSON.
 * https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request
 */
export const okta: Handshake = {
  method: 'GET',
  proof: 'none',
  answer({ headers }) {
    const challenge = headers.get('x-okta-verification-challenge')
    if (challenge === null) return undefined
    return isEchoable(challenge) ? json({ verification: challenge }) : REFUSED
  },
}
