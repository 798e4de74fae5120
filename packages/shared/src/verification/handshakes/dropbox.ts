import { parameter } from './read.ts'
import { echo } from './reply.ts'
import type { Handshake } from './types.ts'

/** `GET ?challenge=…`: echoed as text, never as a page. https://www.dropbox.com/developers/reference/webhooks#documentation */
export const dropbox: Handshake = {
  method: 'GET',
  proof: 'none',
  answer(input) {
    const challenge = parameter(input, 'challenge')
    return challenge === undefined ? undefined : echo(challenge)
  },
}
