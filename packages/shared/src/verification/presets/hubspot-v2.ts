import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/**
 * `X-HubSpot-Signature`: hex SHA-256 (no HMAC) of client secret, method, address and body, from workflows and CRM cards, which may use
 * any method. https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 */
export const preset: Preset = {
  ...COMMON,
  id: 'hubspot-v2',
  title: 'HubSpot (signature v2: workflows, cards)',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'digest', hash: 'SHA-256' },
    headers: ['x-hubspot-signature'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'hex',
    template: '{secret}{method}{url}{body}',
    timestamp: null,
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
  steps: ['Enter this address in the workflow’s action or the card’s settings.', 'Paste the app’s client secret here.'],
  deadlineSeconds: 30,
  retries: 'Workflows: for up to 3 days, but not after an answer of 4xx other than 429.',
  cautions: [
    'Use hubspot-v3 where HubSpot sends X-HubSpot-Signature-v3: this older signature covers no time.',
    'The address with its query is signed: set it as registered at HubSpot where something in front of us changes it.',
    'A request without a body is told from others by its address: the same workflow for the same record counts once within the window.',
    'One request carries up to 100 events; id and type shown are those of the first. HubSpot does not promise that ids are unique.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: { 'x-hubspot-signature-version': 'v2' },
  body: '[{"eventId":1000000001,"subscriptionId":12345,"portalId":62515,"appId":54321,"occurredAt":1760000000000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM"}]',
}
