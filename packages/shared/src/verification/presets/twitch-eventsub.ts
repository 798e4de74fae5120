import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, inHeader } from './families.ts'

/**
 * `Twitch-Eventsub-Message-Signature: sha256=<hex>` over message id, timestamp (as it was sent, to the nanosecond) and raw body, with
 * nothing between. https://dev.twitch.tv/docs/eventsub/handling-webhook-events/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'twitch-eventsub',
  title: 'Twitch EventSub',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['twitch-eventsub-message-signature'],
    format: { kind: 'whole', prefix: 'sha256=' },
    encoding: 'hex',
    template: '{header:twitch-eventsub-message-id}{timestamp}{body}',
    timestamp: {
      from: { kind: 'header', names: ['twitch-eventsub-message-timestamp'] },
      unit: 'iso',
      tolerance: { pastSeconds: 600, futureSeconds: 600 },
    },
  },
  eventId: inHeader('twitch-eventsub-message-id'),
  eventType: firstOf(
    // A notification is of its subscription’s type; the other kinds of message are types of their own.
    { kind: 'header', name: 'twitch-eventsub-message-type', names: { notification: '' } },
    inBody('subscription.type'),
    inHeader('twitch-eventsub-subscription-type'),
  ),
  dedupe: { by: 'id' },
  handshakes: ['twitch'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://dev.twitch.tv/docs/eventsub/handling-webhook-events/',
  secret: 'The secret that you give in transport.secret when you create the subscription: 10 to 100 ASCII characters.',
  settings: [],
  signsUrl: false,
  steps: [
    'Save this provider with a secret of your own first: Twitch verifies the address at once.',
    'Create subscriptions with this address as transport.callback and the same secret.',
  ],
  deadlineSeconds: 10,
  retries: 'A few times; a subscription whose notifications keep failing is revoked.',
  cautions: [
    'A revocation comes as an event of type `revocation`: route it, since nothing comes after it.',
    'Answers that take more than a few seconds count as failures.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {
    'twitch-eventsub-message-id': 'e76c6bd4-55c9-4987-8304-da1588d8988b',
    'twitch-eventsub-message-retry': '0',
    'twitch-eventsub-message-type': 'notification',
    'twitch-eventsub-subscription-type': 'channel.follow',
    'twitch-eventsub-subscription-version': '2',
  },
  body: '{"subscription":{"id":"f1c2a387-161a-49f9-a165-0f21d7a4e1c4","status":"enabled","type":"channel.follow","version":"2"},"event":{"user_id":"1337","user_name":"a_test_user","broadcaster_user_id":"12826"}}',
}
