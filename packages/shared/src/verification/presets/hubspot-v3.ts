import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, FIVE_MINUTES, inBody } from './families.ts'

/**
 * `X-HubSpot-Signature-v3`: base64 HMAC-SHA256 over `{method}{address}{body}{timestamp in ms}`; some escapes of the address are decoded
 * first. https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 */
export const preset: Preset = {
  ...COMMON,
  id: 'hubspot-v3',
  title: 'HubSpot (signature v3)',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['x-hubspot-signature-v3'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'base64',
    template: '{method}{url:decoded}{body}{timestamp}',
    timestamp: {
      from: { kind: 'header', names: ['x-hubspot-request-timestamp'] },
      unit: 'milliseconds',
      tolerance: FIVE_MINUTES,
    },
  },
  eventId: inBody('0.eventId'),
  eventType: inBody('0.subscriptionType'),
  dedupe: { by: 'body' },
  methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation',
  secret: 'The client secret of the app, under Auth in the app’s settings.',
  settings: [],
  signsUrl: true,
  steps: ['Set this address as the target URL of the app’s webhooks.', 'Paste the app’s client secret here.'],
  deadlineSeconds: 5,
  retries: 'Up to 10 times within 24 hours.',
  cautions: [
    'The address with its query is signed: set it as registered at HubSpot where something in front of us changes it.',
    'One request carries up to 100 events; id and type shown are those of the first. HubSpot does not promise that ids are unique.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '[{"eventId":1000000001,"subscriptionId":12345,"portalId":62515,"appId":54321,"occurredAt":1760000000000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM"}]',
}
