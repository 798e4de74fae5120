import { utf8 } from '../../core/bytes.ts'
import { timingSafeEqual } from '../../core/timing-safe.ts'
import { parameter, setting } from './read.ts'
import { echo, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * `GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…`: the challenge goes back only to who knows the setting `verifyToken`.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests
 */
export const meta: Handshake = {
  method: 'GET',
  proof: 'none',
  answer(input) {
    const mode = parameter(input, 'hub.mode')
    if (mode === undefined) return undefined
    const wanted = setting(input, 'verifyToken')
    const given = parameter(input, 'hub.verify_token')
    if (mode !== 'subscribe' || wanted === undefined || !given) return REFUSED
    return timingSafeEqual(utf8(wanted), utf8(given)) ? echo(parameter(input, 'hub.challenge')) : REFUSED
  },
}
