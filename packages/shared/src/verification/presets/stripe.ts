import type { Preset } from '../preset.ts'

/**
 * `Stripe-Signature: t=<unix s>,v1=<hex>[,v1=…][,v0=…]` over `{t}.{body}`; the key is the whole text of the secret, `whsec_`
 * included. Only v1 counts: test events carry a v0 too. https://docs.stripe.com/webhooks#verify-manually
 */
export const stripe: Preset = {
  id: 'stripe',
  title: 'Stripe',
  verification: {
    scheme: 'hmac',
    hash: 'SHA-256',
    header: 'stripe-signature',
    format: { kind: 'pairs', separator: ',', name: 'v1' },
    encoding: 'hex',
    key: 'utf8',
    timestamp: { from: { kind: 'pair', name: 't' }, unit: 'seconds' },
    template: '{timestamp}.{body}',
  },
  eventId: { kind: 'body', path: 'id' },
  eventType: { kind: 'body', path: 'type' },
  tolerance: { pastSeconds: 300, futureSeconds: 300 },
  bodyAuthenticated: true,
  reply: { status: 200, body: 'result' },
}
