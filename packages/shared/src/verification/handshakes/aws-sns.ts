import { fields } from './read.ts'
import { empty, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

const SNS_HOST = /^sns\.[a-z]{2}(-[a-z]+)+-\d+\.amazonaws\.com(\.cn)?$/

/**
 * A signed `SubscriptionConfirmation` of a topic that the signature check allowed: its address is visited, at SNS and nowhere else.
 * https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
 */
export const awsSns: Handshake = {
  method: 'POST',
  proof: 'signature',
  answer(input) {
    const { Type, SubscribeURL } = fields(input)
    if (Type !== 'SubscriptionConfirmation') return undefined
    const url = typeof SubscribeURL === 'string' && URL.canParse(SubscribeURL) ? new URL(SubscribeURL) : undefined
    if (url === undefined || !isConfirmation(url)) return REFUSED
    return { kind: 'confirm', url: url.href, reply: empty() }
  },
}

function isConfirmation(url: URL): boolean {
  const { protocol, hostname, port, username, password, pathname, searchParams } = url
  return (
    protocol === 'https:' &&
    SNS_HOST.test(hostname) &&
    `${port}${username}${password}` === '' &&
    pathname === '/' &&
    searchParams.get('Action') === 'ConfirmSubscription'
  )
}
