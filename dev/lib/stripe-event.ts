import { Stripe } from 'stripe'
import { STRIPE_SIGNING_SECRET } from '../values.ts'

export interface StripeEventOptions {
  type: string
  /** Id of the subscription the event is about. */
  subscriptionId: string
  status: string
  eventId?: string
  /** ms */
  now: number
}

/** The JSON of a subscription event in Stripe's shape (https://docs.stripe.com/api/events/object). */
export function stripeEvent(options: StripeEventOptions): { eventId: string; payload: string } {
  const created = Math.floor(options.now / 1_000)
  const eventId = options.eventId ?? `evt_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`
  const event = {
    id: eventId,
    object: 'event',
    api_version: '2026-06-30.basil',
    created,
    data: {
      object: {
        id: options.subscriptionId,
        object: 'subscription',
        customer: 'cus_development',
        currency: 'eur',
        created,
        status: options.status,
        items: {
          object: 'list',
          data: [],
          has_more: false,
          url: `/v1/subscription_items?subscription=${options.subscriptionId}`,
        },
      },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: options.type,
  }
  return { eventId, payload: JSON.stringify(event) }
}

/** The `Stripe-Signature` header, made by Stripe's own code. `timestamp` in seconds; now when left out. */
export function signStripe(payload: string, options: { secret?: string; timestamp?: number } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: options.secret ?? STRIPE_SIGNING_SECRET,
    ...(options.timestamp === undefined ? {} : { timestamp: options.timestamp }),
  })
}
