import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, timedPairs } from './families.ts'

/**
 * `ElevenLabs-Signature: t=<unix s>,v0=<hex>` over `{t}.{body}`, good for half an hour.
 * https://elevenlabs.io/docs/overview/administration/webhooks
 */
export const preset: Preset = {
  ...COMMON,
  id: 'elevenlabs',
  title: 'ElevenLabs',
  verification: timedPairs({
    header: 'elevenlabs-signature',
    name: 'v0',
    tolerance: { pastSeconds: 1_800, futureSeconds: 300 },
  }),
  eventId: null,
  eventType: inBody('type'),
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://elevenlabs.io/docs/overview/administration/webhooks',
  secret: 'The webhook’s shared secret, shown once when it is created in the workspace settings.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create a webhook with this address and HMAC authentication in the workspace settings.',
    'Paste the secret that is shown here, then choose the webhook for your agents.',
  ],
  deadlineSeconds: null,
  retries: 'Hardly: a webhook that fails 10 times in a row is disabled.',
  cautions: [
    'Events have no id, so equal bodies count as the same event.',
    'A signature is good for half an hour: that is how long a captured request could be sent again as new, were equal bodies not noticed.',
    'Audio comes inside the body and may be large.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"type":"post_call_transcription","event_timestamp":1760000000,"data":{"agent_id":"agent_test_1","conversation_id":"conv_test_1","status":"done"}}',
}
