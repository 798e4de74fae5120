import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, FIVE_MINUTES, inBody, timedPairs } from './families.ts'

/**
 * `Persona-Signature: t=<unix s>,v1=<hex>` over `{t}.{body}`; while a secret is rolled a second such group stands behind a space.
 * https://docs.withpersona.com/webhooks-best-practices#checking-signatures
 */
export const preset: Preset = {
  ...COMMON,
  id: 'persona',
  title: 'Persona',
  verification: {
    ...timedPairs({ header: 'persona-signature', tolerance: FIVE_MINUTES }),
    format: { kind: 'pairs', separator: ',', name: 'v1', groupSeparator: ' ' },
  },
  eventId: inBody('data.id'),
  eventType: inBody('data.attributes.name'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.withpersona.com/webhooks-best-practices',
  secret: 'The secret of the webhook (wbhsec_…), under API › Webhooks. Paste it whole.',
  settings: [],
  signsUrl: false,
  steps: ['Create a webhook with this address under API › Webhooks and choose the events.', 'Copy the webhook’s secret here.'],
  deadlineSeconds: 5,
  retries: 'Up to 8 times, with growing pauses.',
  cautions: [
    'Events come in any order: compare created-at.',
    'Persona signs anew for each attempt; its clock and ours must agree.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"data":{"type":"event","id":"evt_test0000000000000001","attributes":{"name":"inquiry.completed","created-at":"2025-10-09T08:53:19.000Z","payload":{"data":{"type":"inquiry","id":"inq_test0000000000000001"}}}}}',
}
