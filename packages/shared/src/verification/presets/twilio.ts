import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, firstOf, inBody, inForm, inQuery, SIGNED_CONTENT } from './families.ts'

/** The first that is there tells what the event is about: a message, a call, or what else has an id. */
const IDS = ['MessageSid', 'SmsSid', 'CallSid', 'Sid']
const TYPES = ['EventType', 'MessageStatus', 'SmsStatus', 'RecordingStatus', 'CallStatus']

/**
 * `X-Twilio-Signature`: base64 HMAC-SHA1 over the registered address and the form’s fields, or the address alone with the body’s hash in
 * it; see `schemes/twilio.ts`. Events come as forms, as JSON, or in the query of a GET.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export const preset: Preset = {
  ...COMMON,
  id: 'twilio',
  title: 'Twilio',
  verification: { scheme: 'twilio' },
  eventId: firstOf(...IDS.map(inForm), ...IDS.map(inQuery), ...IDS.map(inBody)),
  eventType: firstOf(...TYPES.map(inForm), ...TYPES.map(inQuery), ...TYPES.map(inBody)),
  dedupe: SIGNED_CONTENT,
  methods: ['POST', 'GET'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://www.twilio.com/docs/usage/webhooks/webhooks-security',
  secret:
    'The auth token of the account (or of the sub-account that sends), in the Twilio Console under Account › API keys & tokens.',
  settings: [],
  signsUrl: true,
  steps: [
    'Enter this address at the number, messaging service or flow in the Twilio Console.',
    'Paste the account’s auth token here. While it is rolled, the secondary token is the previous one.',
  ],
  deadlineSeconds: 15,
  retries:
    'Once after a failed connection, or as the address says behind a # (rc=…); calls and messages then go to the fallback address.',
  cautions: [
    'The address is signed: set it as registered at Twilio where something in front of us changes it.',
    'JSON bodies count only with bodySHA256 in the address, as Twilio sends them: without it they would not be signed.',
    'Calls and incoming messages expect TwiML as the answer: use this for status callbacks and events.',
    'Twilio signs no time: only the window in which duplicates are noticed stops a replay.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
  headers: { 'i-twilio-idempotency-token': '00000000-0000-4000-8000-000000000001' },
  body: 'AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&From=%2B15005550006&MessageSid=SM00000000000000000000000000000001&MessageStatus=delivered&To=%2B15005550001',
}
