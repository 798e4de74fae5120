import { empty, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/** Printable ASCII, long enough to be a key, and safe in a header. */
const SECRET = /^[!-~]{16,256}$/

/**
 * `POST` with `X-Hook-Secret`, unsigned, while a webhook is made: the secret is kept and echoed. Anybody could send such a request,
 * so a secret that is there is never replaced. https://developers.asana.com/docs/webhooks-guide#the-webhook-handshake
 */
export const asana: Handshake = {
  method: 'POST',
  proof: 'none',
  answer({ headers, hasSecret }) {
    const secret = headers.get('x-hook-secret')
    if (secret === null) return undefined
    if (hasSecret || !SECRET.test(secret)) return REFUSED
    return { kind: 'store-secret', secret, reply: empty({ 'x-hook-secret': secret }) }
  },
}
