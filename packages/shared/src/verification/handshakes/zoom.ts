import { fields, hashChallenge, object } from './read.ts'
import { json, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * A signed event `endpoint.url_validation`: its plain token goes back with its hash. Zoom asks again every 72 hours.
 * https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint
 */
export const zoom: Handshake = {
  method: 'POST',
  proof: 'signature',
  answer(input) {
    const { event, payload } = fields(input)
    if (event !== 'endpoint.url_validation') return undefined
    const { plainToken } = object(payload)
    const encryptedToken = hashChallenge(input, plainToken, 'hex')
    return encryptedToken === undefined ? REFUSED : json({ plainToken, encryptedToken })
  },
}
