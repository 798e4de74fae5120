import { signStripe, stripeEvent } from '@orchestrator/dev/lib/stripe-event'
import type { ReadyRequest } from './load.ts'

/** A type that development's one route takes, and one that no route takes. */
export const ROUTED_TYPE = 'customer.subscription.updated'
export const UNROUTED_TYPE = 'customer.created'

/** What Cloudflare's edge and Stripe send besides the signature: headers are stored, so they are part of the work. */
const HEADERS = {
  accept: '*/*; q=0.5, application/xml',
  'cache-control': 'no-cache',
  'cf-connecting-ip': '203.0.113.7',
  'cf-ipcountry': 'US',
  'cf-ray': '8f0f0f0f0f0f0f0f-FRA',
  'cf-visitor': '{"scheme":"https"}',
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  'x-forwarded-proto': 'https',
}

/** Makes an event as large as Stripe's usual ones, about 2 kB. */
const ITEM = {
  object: 'subscription_item',
  billing_thresholds: null,
  created: 1_790_000_000,
  discounts: [],
  metadata: { team: 'team_0123456789abcdef', seat: 'owner', campaign: 'autumn', source: 'self-service checkout' },
  price: {
    id: 'price_1Q0000000000000000000000',
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    currency: 'eur',
    custom_unit_amount: null,
    livemode: false,
    lookup_key: 'pro_monthly',
    nickname: 'Pro, monthly',
    product: 'prod_Q000000000000',
    recurring: { interval: 'month', interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' },
    tax_behavior: 'exclusive',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: 2_900,
    unit_amount_decimal: '2900',
  },
  quantity: 1,
  tax_rates: [],
}

/** A signed webhook of Stripe's. The same `name` is the same event. */
export function signedWebhook(name: string, type = ROUTED_TYPE): ReadyRequest {
  const options = { type, eventId: `evt_${name}`, subscriptionId: `sub_${name}`, status: 'active', now: Date.now() }
  const event = JSON.parse(stripeEvent(options).payload) as { data: { object: { items: { data: unknown[] } } } }
  event.data.object.items.data = [0, 1].map((n) => ({ id: `si_${name}_${n}`, ...ITEM }))
  const payload = JSON.stringify(event)
  const body = Buffer.from(payload)
  const headers = { ...HEADERS, 'content-length': String(body.length), 'stripe-signature': signStripe(payload) }
  return { path: '/webhooks/stripe', headers, body }
}

/** That many different webhooks. */
export function signedWebhooks(name: string, count: number): ReadyRequest[] {
  return Array.from({ length: count }, (_, n) => signedWebhook(`${name}_${n}`))
}
