import { createHash, createHmac } from 'node:crypto'
import { parameter, setting } from './read.ts'
import { echo, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/** As Braintree's own libraries want it: nothing that could be the payload of an event. */
const CHALLENGE = /^[a-f0-9]{20,32}$/

/**
 * `GET ?bt_challenge=…`: answered with the public key and the challenge’s HMAC, made as for events.
 * https://developer.paypal.com/braintree/docs/guides/webhooks/create
 */
export const braintree: Handshake = {
  method: 'GET',
  proof: 'none',
  answer(input) {
    const challenge = parameter(input, 'bt_challenge')
    if (challenge === undefined) return undefined
    const publicKey = setting(input, 'publicKey')
    const privateKey = input.secrets[0]?.secret
    if (!challenge || !CHALLENGE.test(challenge) || !publicKey || !privateKey) return REFUSED
    const key = createHash('sha1').update(privateKey).digest()
    return echo(`${publicKey}|${createHmac('sha1', key).update(challenge).digest('hex')}`)
  },
}
