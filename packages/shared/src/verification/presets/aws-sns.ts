import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import { COMMON, inBody } from './families.ts'

/** The way it signs is in `schemes/aws-sns.ts`. https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html */
export const preset: Preset = {
  ...COMMON,
  id: 'aws-sns',
  title: 'Amazon SNS',
  verification: { scheme: 'aws-sns', tolerance: { pastSeconds: 3_600, futureSeconds: 300 } },
  eventId: inBody('MessageId'),
  eventType: inBody('Type'),
  dedupe: { by: 'id' },
  handshakes: ['aws-sns'],
}

export const guide: SenderGuide = {
  docsUrl: 'https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html',
  secret: 'The ARN of the topic (arn:aws:sns:…). It is no secret, but only messages of this topic are believed.',
  settings: [],
  signsUrl: false,
  steps: [
    'Paste the topic’s ARN here first: its subscription is confirmed only then.',
    'Subscribe this address to the topic with protocol HTTPS and without raw message delivery.',
    'Set SignatureVersion 2 on the topic, so that it signs with SHA-256.',
  ],
  deadlineSeconds: 15,
  retries: 'By default three times, 20 seconds apart; a delivery policy may stretch that to an hour.',
  cautions: [
    'Raw message delivery carries no signature, and is refused.',
    'What the publisher wrote is a text in `Message`, often JSON once more.',
    'The certificate is believed because it comes from SNS’s own host over TLS and has not expired; its chain to a root is not checked.',
  ],
  ipRanges: [],
}

export const sample: SampleEvent = {
  contentType: 'text/plain; charset=UTF-8',
  headers: { 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-message-id': '00000000-0000-4000-8000-000000000001' },
  body: '{"Type":"Notification","MessageId":"00000000-0000-4000-8000-000000000001","TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Subject":"Order","Message":"{\\"order\\":1}","Timestamp":"2025-10-09T08:53:19.000Z","SignatureVersion":"2"}',
}
