import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, firstOf, inBody, inHeader, joined } from './families.ts'

/**
 * `Sentry-Hook-Signature: <hex>` over the raw body with the integration’s client secret; requests of UI components name the header
 * `Sentry-App-Signature`. The timestamp header is not signed. https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'sentry',
  title: 'Sentry',
  verification: {
    ...bodyHmac({ header: 'sentry-hook-signature' }),
    headers: ['sentry-hook-signature', 'sentry-app-signature'],
  },
  eventId: inHeader('request-id'),
  eventType: firstOf(joined('.', inHeader('sentry-hook-resource'), inBody('action')), inHeader('sentry-hook-resource')),
  dedupe: { by: 'id-and-body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
  secret: 'The client secret of the internal or public integration, under Settings › Developer Settings › your integration.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create an integration with this address as webhook URL under Settings › Developer Settings.',
    'Choose the resources, and paste its client secret here.',
  ],
  deadlineSeconds: 1,
  retries: 'Few. After 1,000 time-outs within 24 hours Sentry unsubscribes the integration.',
  cautions: ['Sentry waits one second only.', 'Resource, request id and timestamp stand in headers that are not signed.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {
    'request-id': '8c2ac5b0-1111-4000-8000-000000000001',
    'sentry-hook-resource': 'issue',
    'sentry-hook-timestamp': '1760000000',
  },
  body: '{"action":"created","installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},"data":{"issue":{"id":"1170820242","title":"A test issue"}},"actor":{"type":"application","id":"sentry","name":"Sentry"}}',
}
