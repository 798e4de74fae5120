import { fields } from './read.ts'
import { echo } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * A signed message `webhook_callback_verification`: its challenge is echoed as text.
 * https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#responding-to-a-challenge-request
 */
export const twitch: Handshake = {
  method: 'POST',
  proof: 'signature',
  answer(input) {
    if (input.headers.get('twitch-eventsub-message-type') !== 'webhook_callback_verification') return undefined
    return echo(fields(input)['challenge'])
  },
}
