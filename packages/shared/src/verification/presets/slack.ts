import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, FIVE_MINUTES, inBody, versionedHmac } from './families.ts'

/**
 * `X-Slack-Signature: v0=<hex>` over `v0:{time}:{body}`. Three bodies: JSON (events), a form whose field `payload` holds JSON
 * (buttons, dialogs, shortcuts), a plain form (slash commands). Commands and dialogs take any text in the answer for a message,
 * so it is empty. https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export const preset: Preset = {
  ...COMMON,
  id: 'slack',
  title: 'Slack',
  verification: versionedHmac({
    header: 'x-slack-signature',
    timeHeader: 'x-slack-request-timestamp',
    version: 'v0',
    tolerance: FIVE_MINUTES,
  }),
  eventId: firstOf(
    inBody('event_id'),
    { kind: 'form', name: 'payload', path: 'trigger_id' },
    { kind: 'form', name: 'trigger_id' },
  ),
  eventType: firstOf(
    inBody('event.type'),
    inBody('type'),
    { kind: 'form', name: 'payload', path: 'type' },
    { kind: 'form', name: 'command' },
  ),
  dedupe: { by: 'id' },
  handshakes: ['slack'],
  reply: { status: 200, body: { kind: 'empty' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
  secret:
    'The signing secret of the app, under Basic Information › App Credentials. Not a bot token, not the verification token.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create the provider here first: Slack checks the address the moment it is entered.',
    'In the app’s settings, enter this address under Event Subscriptions, Interactivity or Slash Commands.',
  ],
  deadlineSeconds: 3,
  retries: 'Events: three times, at once, after a minute and after five. Commands and buttons are not sent again.',
  cautions: [
    'Slash commands and buttons come as forms; the JSON of a button is in the field payload.',
    'The answer is always empty. Use response_url or the Web API to say something.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"team_id":"T0EXAMPLE","api_app_id":"A0EXAMPLE","event":{"type":"app_mention","user":"U0EXAMPLE","text":"<@U0BOT> status?","ts":"1760000000.000100","channel":"C0EXAMPLE"},"type":"event_callback","event_id":"Ev0EXAMPLE1","event_time":1760000000}',
}
