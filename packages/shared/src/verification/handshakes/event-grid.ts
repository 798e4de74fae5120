import { object } from './read.ts'
import { isEchoable, json, REFUSED } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * An event `SubscriptionValidationEvent`, alone in its batch: the code in it goes back, with 200 and nothing else.
 * https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const eventGrid: Handshake = {
  method: 'POST',
  proof: 'if-configured',
  answer({ body }) {
    if (!Array.isArray(body.json) || body.json.length !== 1) return undefined
    const { eventType, data } = object(body.json[0])
    if (eventType !== 'Microsoft.EventGrid.SubscriptionValidationEvent') return undefined
    const { validationCode } = object(data)
    return isEchoable(validationCode) ? json({ validationResponse: validationCode }) : REFUSED
  },
}
