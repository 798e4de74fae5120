import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON } from './families.ts'

/**
 * `x-signature: 0x<hex>`: Keccak-256 (not SHA-3) of the body with the secret behind it.
 * https://docs.moralis.com/streams-api/evm/webhook-security
 */
export const preset: Preset = {
  ...COMMON,
  id: 'moralis-streams',
  title: 'Moralis Streams',
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'digest', hash: 'KECCAK-256' },
    headers: ['x-signature'],
    format: { kind: 'whole', prefix: '' },
    encoding: '0x-hex',
    template: '{body}{secret}',
    timestamp: null,
  },
  eventId: null,
  eventType: null,
  dedupe: { by: 'body' },
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.moralis.com/streams-api/evm/webhook-security',
  secret: 'The streams secret of the account, under Settings in the Moralis dashboard; by default the API key.',
  settings: [],
  signsUrl: false,
  steps: [
    'Create a stream with this address as its webhook.',
    'Paste the streams secret here; Moralis then sends an empty test event.',
  ],
  deadlineSeconds: null,
  retries: 'With growing pauses; a stream that keeps failing is put into error and ends.',
  cautions: [
    'Each block comes twice, unconfirmed and confirmed: filter on confirmed.',
    'Events carry no id and no type; a redelivery is told by its body.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'application/json',
  headers: {},
  body: '{"confirmed":true,"chainId":"0x1","streamId":"00000000-0000-4000-8000-000000000001","tag":"test","retries":0,"block":{"number":"23500000","timestamp":"1760000000"},"txs":[],"logs":[]}',
}
