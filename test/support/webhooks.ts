import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { STRIPE_SIGNING_SECRET } from '@orchestrator/dev/values'
import { Stripe } from 'stripe'

const stripe = new Stripe('sk_test_unused')

export interface Sent {
  eventId: string
  subscription: string
  /** 0 when there was no answer at all. */
  status: number
  id: string | undefined
  outcome: string | undefined
}

/** A subscription event as Stripe sends it. */
export function subscriptionEvent(eventId: string, subscription: string, status = 'active'): string {
  return JSON.stringify({
    id: eventId,
    object: 'event',
    type: 'customer.subscription.updated',
    data: { object: { id: subscription, object: 'subscription', status } },
  })
}

/** The `Stripe-Signature` header, made by the vendor's own code. `timestamp` in seconds, now by default. */
export function stripeSignature(payload: string, secret = STRIPE_SIGNING_SECRET, timestamp?: number): string {
  return stripe.webhooks.generateTestHeaderString({ payload, secret, ...(timestamp === undefined ? {} : { timestamp }) })
}

/** Posts a body to ingress as a sender would. */
export function postRaw(port: number, body: string, headers: Record<string, string>, provider = 'stripe'): Promise<Response> {
  return localFetch(`http://ingress.localhost:${port}/webhooks/${provider}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    timeoutMs: 20_000,
  })
}

/** Posts one signed subscription event; a refused connection is a status of 0. */
export async function post(port: number, eventId: string, subscription: string, status = 'active'): Promise<Sent> {
  const payload = subscriptionEvent(eventId, subscription, status)
  try {
    const response = await postRaw(port, payload, { 'stripe-signature': stripeSignature(payload) })
    const body = (await response.json()) as { id?: string; status?: string }
    return { eventId, subscription, status: response.status, id: body.id, outcome: response.ok ? body.status : undefined }
  } catch {
    return { eventId, subscription, status: 0, id: undefined, outcome: undefined }
  }
}

/** Posts `count` events of one run, spread evenly over `overMs`. */
export async function postSpread(port: number, count: number, overMs: number, run: string, from = 0): Promise<Sent[]> {
  const posts: Promise<Sent>[] = []
  const startedAt = Date.now()
  for (let n = 0; n < count; n++) {
    const wait = startedAt + (overMs * n) / count - Date.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    posts.push(post(port, `evt_${run}_${from + n}`, `sub_${run}_${from + n}`))
  }
  return Promise.all(posts)
}
