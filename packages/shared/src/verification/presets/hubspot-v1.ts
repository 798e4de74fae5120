import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/**
 * `X-HubSpot-Signature`: hex SHA-256 (no HMAC) of the client secret and the body.
 * https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 */
export const preset: Preset = {
  ...COMMON,
  id: 'hubspot-v1',
  title: 'HubSpot (signature v1)',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'digest', hash: 'SHA-256' },
    headers: ['x-hubspot-signature'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'hex',
    template: '{secret}{body}',
    timestamp: null,
  },
  eventId: inBody('0.eventId'),
  eventType: inBody('0.subscriptionType'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation',
  secret: 'The client secret of the app, under Auth in the app’s settings.',
  settings: [],
  signsUrl: false,
  steps: ['Set this address as the target URL of the app’s webhooks.', 'Paste the app’s client secret here.'],
  deadlineSeconds: 5,
  retries: 'Up to 10 times within 24 hours.',
  cautions: [
    'Use hubspot-v3 where HubSpot sends X-HubSpot-Signature-v3: this older signature covers neither time nor address.',
    'One request carries up to 100 events; id and type shown are those of the first. HubSpot does not promise that ids are unique.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-hubspot-signature-version': 'v1' },
  body: '[{"eventId":1000000001,"subscriptionId":12345,"portalId":62515,"appId":54321,"occurredAt":1760000000000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM"}]',
}
