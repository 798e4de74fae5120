import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/**
 * `X-Twilio-Email-Event-Webhook-Signature`: base64 of an ECDSA signature (P-256, SHA-256, DER) over `{timestamp}{body}`, the line break at
 * the body’s end included. https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 */
export const preset: Preset = {
  ...COMMON,
  id: 'sendgrid',
  title: 'SendGrid Event Webhook',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'ecdsa-p256', key: 'spki', format: 'der' },
    headers: ['x-twilio-email-event-webhook-signature'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'base64',
    template: '{timestamp}{body}',
    timestamp: {
      from: { kind: 'header', names: ['x-twilio-email-event-webhook-timestamp'] },
      unit: 'seconds',
      // SendGrid tries for 24 hours, and does not say whether it signs anew.
      tolerance: { pastSeconds: 90_000, futureSeconds: 300 },
    },
  },
  eventId: inBody('0.sg_event_id'),
  eventType: inBody('0.event'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  secret:
    'The verification key (a public key in base64), under Settings › Mail Settings › Event Webhooks › Signature Verification.',
  settings: [],
  signsUrl: false,
  steps: [
    'Add an event webhook with this address under Settings › Mail Settings › Event Webhooks.',
    'Enable signature verification and paste the verification key here.',
  ],
  deadlineSeconds: null,
  retries: 'For up to 24 hours.',
  cautions: [
    'One request carries a batch; id and type shown are those of its first event.',
    'The Inbound Parse webhook is another one, and not signed this way.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json;charset=utf-8',
  headers: {},
  body: '[{"email":"recipient@example.com","timestamp":1760000000,"event":"delivered","sg_event_id":"dGVzdC1ldmVudC0x","sg_message_id":"test-message-1.filter0001"}]\r\n',
}
