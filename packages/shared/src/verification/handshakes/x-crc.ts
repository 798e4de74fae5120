import { hashChallenge, parameter } from './read.ts'
import { json, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * `GET ?crc_token=…`: X wants the token hashed with the secret that also signs events. Anybody may ask, and the answer is what
 * would sign a body of that text: so only plain tokens are hashed, and `verify` takes no body that could be one.
 * https://docs.x.com/x-api/webhooks/introduction
 */
export const xCrc: Handshake = {
  method: 'GET',
  proof: 'none',
  answer(input) {
    const token = parameter(input, 'crc_token')
    if (token === undefined) return undefined
    const hash = hashChallenge(input, token, 'base64')
    return hash === undefined ? REFUSED : json({ response_token: `sha256=${hash}` })
  },
}
