import { generateKeyPairSync, KeyObject, sign } from 'node:crypto'
import https from 'node:https'
import { Readable } from 'node:stream'
import { rsaKeys, selfSignedCertificate } from '@orchestrator/shared/testing/self-signed-certificate'
import { EventWebhook } from '@sendgrid/eventwebhook'
import { verifyKey } from 'discord-interactions'
import MessageValidator from 'sns-validator'
import Telnyx from 'telnyx'
import type { VendorCase } from './vendor-case.ts'
import { bytes, header, passes, post, text, unixSeconds, withBody, withLastDigitChanged } from './wire.ts'

/** Senders with a key pair: what the operator configures is public. */

function ed25519Pair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, rawPublicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url') }
}

const discordPair = ed25519Pair()
const discordKey = discordPair.rawPublicKey.toString('hex')

const discord: VendorCase = {
  preset: 'discord',
  package: 'discord-interactions',
  mode: 'vendor-verifies',
  secret: discordKey,
  bodyAuthenticated: true,
  sampleBody: '{"version":1,"application_id":"1234560123453231555","type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}',
  sign: async ({ body, now, url }) => {
    const timestamp = String(unixSeconds(now))
    const signature = sign(null, bytes(timestamp + body), discordPair.privateKey).toString('hex')
    return post({ body, url }, { 'X-Signature-Ed25519': signature, 'X-Signature-Timestamp': timestamp })
  },
  vendorAccepts: (request) =>
    verifyKey(request.body, header(request, 'x-signature-ed25519'), header(request, 'x-signature-timestamp'), discordKey),
}

const telnyxPair = ed25519Pair()
const telnyxKey = telnyxPair.rawPublicKey.toString('base64')
const telnyx = new Telnyx({ apiKey: 'unused' })

const telnyxCase: VendorCase = {
  preset: 'telnyx',
  package: 'telnyx',
  mode: 'vendor-verifies',
  secret: telnyxKey,
  bodyAuthenticated: true,
  sampleBody: '{"data":{"event_type":"message.received","id":"m1","record_type":"event"}}',
  sign: async ({ body, now, url }) => {
    const timestamp = String(unixSeconds(now))
    const signature = sign(null, bytes(`${timestamp}|${body}`), telnyxPair.privateKey).toString('base64')
    return post({ body, url }, { 'telnyx-signature-ed25519': signature, 'telnyx-timestamp': timestamp })
  },
  vendorAccepts: (request) =>
    passes(() =>
      telnyx.webhooks.unwrap(text(request), { headers: Object.fromEntries(new Headers(request.headers)), key: telnyxKey }),
    ),
}

const sendgridPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sendgridKey = sendgridPair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const eventWebhook = new EventWebhook()

const sendgrid: VendorCase = {
  preset: 'sendgrid',
  package: '@sendgrid/eventwebhook',
  mode: 'vendor-verifies',
  secret: sendgridKey,
  bodyAuthenticated: true,
  // SendGrid ends its batches with a line break, and signs it.
  sampleBody: '[{"email":"jon@example.com","timestamp":1760000000,"event":"delivered","sg_event_id":"e1"}]\r\n',
  sign: async ({ body, now, url }) => {
    const timestamp = String(unixSeconds(now))
    const signature = sign('sha256', bytes(timestamp + body), sendgridPair.privateKey).toString('base64')
    return post(
      { body, url },
      {
        'X-Twilio-Email-Event-Webhook-Signature': signature,
        'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
      },
    )
  },
  vendorAccepts: async (request) =>
    eventWebhook.verifySignature(
      eventWebhook.convertPublicKeyToECDSA(sendgridKey),
      text(request),
      header(request, 'x-twilio-email-event-webhook-signature'),
      header(request, 'x-twilio-email-event-webhook-timestamp'),
    ),
}

const topicArn = 'arn:aws:sns:us-east-1:123456789012:Conformance'
const snsCertificateUrl = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-conformance0001.pem'
const keyPair = await rsaKeys()
const bornAt = Math.floor(Date.now() / 1_000)
const snsKeys = {
  privateKey: KeyObject.from(keyPair.privateKey),
  certificatePem: await selfSignedCertificate({
    keys: keyPair,
    commonName: 'sns.amazonaws.com',
    notBefore: bornAt - 86_400,
    notAfter: bornAt + 86_400,
  }),
}

/** The validator downloads the certificate of the message; here the download is answered on the spot. */
async function withCertificateDownload<T>(run: () => Promise<T>): Promise<T> {
  const original = https.get
  const answered = (_url: string, answer: (response: Readable) => void) => {
    const response = Object.assign(Readable.from([snsKeys.certificatePem]), { statusCode: 200 })
    answer(response)
    return response
  }
  https.get = answered as unknown as typeof https.get
  try {
    return await run()
  } finally {
    https.get = original
  }
}

const SNS_SIGNED_FIELDS = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const

const sns: VendorCase = {
  preset: 'aws-sns',
  package: 'sns-validator',
  mode: 'vendor-verifies',
  secret: topicArn,
  settings: () => ({ certificates: { [snsCertificateUrl]: snsKeys.certificatePem } }),
  bodyAuthenticated: true,
  sampleBody: 'My first message, number 1',
  sign: async ({ body, now, url }) => {
    const message = {
      Type: 'Notification',
      MessageId: '22b80b92-0000-4000-8000-000000000001',
      TopicArn: topicArn,
      Subject: 'Conformance',
      Message: body,
      Timestamp: now.toISOString(),
      SignatureVersion: '2',
    }
    const signed = SNS_SIGNED_FIELDS.map((field) => `${field}\n${message[field]}\n`).join('')
    const Signature = sign('sha256', bytes(signed), snsKeys.privateKey).toString('base64')
    return post(
      { body: JSON.stringify({ ...message, Signature, SigningCertURL: snsCertificateUrl }), url },
      {
        'x-amz-sns-message-type': message.Type,
        'x-amz-sns-message-id': message.MessageId,
        'x-amz-sns-topic-arn': topicArn,
      },
      'text/plain; charset=UTF-8',
    )
  },
  vendorAccepts: (request) =>
    withCertificateDownload(
      () =>
        new Promise((resolve) => {
          new MessageValidator().validate(text(request), (error) => resolve(error === null))
        }),
    ),
  tamper: (request) => {
    const body = text(request)
    return withBody(request, withLastDigitChanged(body, body.indexOf('"Timestamp"')))
  },
}

export const publicKeyCases = [discord, telnyxCase, sendgrid, sns]
