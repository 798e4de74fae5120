import { parameter } from './read.ts'
import { echo } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * `POST ?validationToken=…` with an empty body, unsigned, while a subscription is made: the decoded token goes back as text.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
 */
export const microsoftGraph: Handshake = {
  method: 'POST',
  proof: 'none',
  answer(input) {
    const token = parameter(input, 'validationToken')
    return token === undefined ? undefined : echo(token)
  },
}
