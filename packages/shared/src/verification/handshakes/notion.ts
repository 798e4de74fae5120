import { fields } from './read.ts'
import { empty } from './reply.ts'
import type { Handshake } from './types.ts'

const TOKEN = /^secret_[A-Za-z0-9_-]{16,256}$/

/**
 * One unsigned `POST {"verification_token": …}` while a subscription is made. The operator carries the token back to Notion, which
 * takes only its own; it signs nothing before he has also configured it here. https://developers.notion.com/reference/webhooks
 */
export const notion: Handshake = {
  method: 'POST',
  proof: 'none',
  answer(input) {
    const { verification_token: token, ...others } = fields(input)
    if (typeof token !== 'string' || !TOKEN.test(token) || Object.keys(others).length > 0) return undefined
    return { kind: 'show-token', token, reply: empty() }
  },
}
