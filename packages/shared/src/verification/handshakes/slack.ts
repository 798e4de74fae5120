import { fields } from './read.ts'
import { echo } from './reply.ts'
import type { Handshake } from './types.ts'

/** A signed event of type `url_verification`: its challenge is echoed. https://docs.slack.dev/reference/events/url_verification */
export const slack: Handshake = {
  method: 'POST',
  proof: 'signature',
  answer(input) {
    const { type, challenge } = fields(input)
    return type === 'url_verification' ? echo(challenge) : undefined
  },
}
