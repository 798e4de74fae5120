import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody, joined } from './families.ts'

/**
 * `Plaid-Verification`: an ES256 token whose claim `request_body_sha256` hashes the raw body and whose `iat` is at most five
 * minutes old. The key is asked from Plaid's API by the token's `kid`, with our credentials; one with `expired_at` in the past
 * counts no more. Distinct events may have the very same body, hence `per`.
 * https://plaid.com/docs/api/webhooks/webhook-verification/
 */
export const preset: Preset = {
  ...COMMON,
  id: 'plaid',
  title: 'Plaid',
  verification: {
    scheme: 'jwt',
    header: 'plaid-verification',
    algorithms: ['ES256'],
    keys: { kind: 'plaid' },
    checks: [{ kind: 'hash', claim: 'request_body_sha256', of: 'body', encoding: 'hex' }],
    clockSkewSeconds: 30,
    maxAgeSeconds: 300,
  },
  eventId: null,
  eventType: joined('.', inBody('webhook_type'), inBody('webhook_code')),
  dedupe: { by: 'body', per: { kind: 'claim', name: 'iat' } },
}

export const guide: SenderGuide = {
  docsUrl: 'https://plaid.com/docs/api/webhooks/webhook-verification/',
  secret:
    'The client id and the secret of the environment with a colon between them (client_id:secret), under Developers › Keys.',
  settings: [{ name: 'environment', title: 'Environment: production (the default) or sandbox', required: false, list: false }],
  signsUrl: false,
  steps: [
    'Give this address as `webhook` when you create a link token, or with /item/webhook/update.',
    'Paste client id and secret here: Plaid hands out its verification keys only to its customers.',
  ],
  deadlineSeconds: 10,
  retries: 'For up to 24 hours, at growing intervals.',
  cautions: [
    'Events carry no id, and two of them may have the same body: what Plaid sends again after a failure counts as a new event.',
    'The first webhook under a new key costs a request to Plaid.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{\n  "environment": "sandbox",\n  "error": null,\n  "item_id": "item_test_1",\n  "webhook_code": "SYNC_UPDATES_AVAILABLE",\n  "webhook_type": "TRANSACTIONS"\n}',
}
