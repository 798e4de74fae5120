import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody } from './families.ts'

/** What the numbers of interactions mean; 0 is the PING of webhook events, whose other events name their type. */
const INTERACTIONS = {
  '0': 'PING',
  '1': 'PING',
  '2': 'APPLICATION_COMMAND',
  '3': 'MESSAGE_COMPONENT',
  '4': 'APPLICATION_COMMAND_AUTOCOMPLETE',
  '5': 'MODAL_SUBMIT',
}

/**
 * `X-Signature-Ed25519`: hex Ed25519 signature over `{timestamp}{body}`, from webhook events and from interactions. Discord keeps asking
 * with wrong signatures, and wants 401 for them. https://discord.com/developers/docs/events/webhook-events
 */
export const preset: Preset = {
  ...COMMON,
  id: 'discord',
  title: 'Discord (webhook events, interactions)',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'ed25519', key: 'raw-hex' },
    headers: ['x-signature-ed25519'],
    format: { kind: 'whole', prefix: '' },
    encoding: 'hex',
    template: '{timestamp}{body}',
    timestamp: {
      from: { kind: 'header', names: ['x-signature-timestamp'] },
      unit: 'seconds',
      // Webhook events are sent again for 10 minutes.
      tolerance: { pastSeconds: 900, futureSeconds: 300 },
    },
  },
  eventId: inBody('id'),
  eventType: firstOf(inBody('event.type'), { ...inBody('type'), names: INTERACTIONS }),
  dedupe: { by: 'id' },
  handshakes: ['discord'],
  reply: { status: 204, body: { kind: 'empty' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://discord.com/developers/docs/events/webhook-events',
  secret: 'The public key of the application (hex), under General Information in the developer portal.',
  settings: [
    { name: 'endpoint', title: 'What Discord sends here: `events` (default) or `interactions`', required: false, list: false },
  ],
  signsUrl: false,
  steps: [
    'Paste the application’s public key here, and choose what is sent: webhook events or interactions.',
    'Enter this address under Webhooks, or as the interactions endpoint. Discord asks it with a right and a wrong signature at once.',
  ],
  deadlineSeconds: 3,
  retries: 'Webhook events: with growing pauses for 10 minutes. Interactions: never.',
  cautions: [
    'An endpoint that does not refuse wrong signatures with 401 is disabled by Discord.',
    'An interaction is acknowledged only: answer the user with a call to its callback, within 3 seconds.',
    'Webhook events carry no id: a redelivery is told by its body.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"version":1,"application_id":"1234560123453231555","id":"787053080478613555","type":2,"token":"test-token","data":{"id":"771825006014889984","name":"deploy","type":1}}',
}
