import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'

/**
 * `Stripe-Signature: t=<unix s>,v1=<hex>[,v1=…][,v0=…]` over `{t}.{body}`; the key is the whole text of the secret, `whsec_`
 * included. Only v1 counts: test events carry a v0 too. https://docs.stripe.com/webhooks#verify-manually
 */
export const preset: Preset = {
  id: 'stripe',
  title: 'Stripe',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['stripe-signature'],
    format: { kind: 'pairs', separator: ',', name: 'v1' },
    encoding: 'hex',
    template: '{timestamp}.{body}',
    timestamp: {
      from: { kind: 'pair', name: 't' },
      unit: 'seconds',
      tolerance: { pastSeconds: 300, futureSeconds: 300 },
    },
  },
  eventId: { kind: 'body', path: 'id' },
  eventType: { kind: 'body', path: 'type' },
  dedupe: { by: 'id' },
  bodyAuthenticated: true,
  methods: ['POST'],
  handshakes: [],
  reply: { status: 200, body: { kind: 'result' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.stripe.com/webhooks',
  secret:
    'The endpoint’s signing secret (whsec_…), under Developers › Webhooks › your endpoint. Paste it whole: the prefix is part of the key.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add an endpoint with this address under Developers › Webhooks.',
    'Choose the events, then copy the signing secret here.',
  ],
  deadlineSeconds: null,
  retries: 'Live mode: up to 3 days with growing pauses; sandboxes: three times over a few hours.',
  cautions: [
    'While a secret is rolled, Stripe signs with both for up to 24 hours: keep the old one as previous.',
    'Events of connected accounts carry `account`; thin events have another shape.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json; charset=utf-8',
  headers: {},
  body: '{"id":"evt_test_1","object":"event","api_version":"2025-09-30.clover","created":1760000000,"livemode":false,"type":"customer.subscription.updated","data":{"object":{"id":"sub_test_1","object":"subscription","status":"active"}}}',
}
