import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { bodyHmac, COMMON, inBody } from './families.ts'

/**
 * `Heroku-Webhook-Hmac-SHA256: <base64>` over the raw body. https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests
 */
export const preset: Preset = {
  ...COMMON,
  id: 'heroku',
  title: 'Heroku',
  verification: bodyHmac({ header: 'heroku-webhook-hmac-sha256', encoding: 'base64' }),
  eventId: inBody('webhook_metadata.delivery.id'),
  eventType: inBody('webhook_metadata.event.include'),
  dedupe: { by: 'id' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://devcenter.heroku.com/articles/app-webhooks',
  secret: 'The secret given with --secret when the webhook is created, or the one that Heroku generated and showed then.',
  settings: [],
  signsUrl: false,
  steps: [
    'Run heroku webhooks:add with this address, --level sync and the events you want.',
    'Copy the secret that is shown and paste it here.',
  ],
  deadlineSeconds: null,
  retries: 'Level sync: up to 10 times over 72 hours; level notify: never.',
  cautions: ['Level notify sends once and forgets: use sync.'],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"id":"01234567-89ab-cdef-0123-456789abcdef","action":"create","resource":"release","created_at":"2025-10-09T08:53:19Z","data":{"version":7},"webhook_metadata":{"attempt":{"id":"11111111-0000-4000-8000-000000000001"},"delivery":{"id":"22222222-0000-4000-8000-000000000002"},"event":{"id":"33333333-0000-4000-8000-000000000003","include":"api:release"}}}',
}
