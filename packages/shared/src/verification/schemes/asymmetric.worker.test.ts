import { exportPKCS8, generateKeyPair } from 'jose'
import { describe, it } from 'vitest'
import type { Preset } from '../../contracts/preset.ts'
import type { SampleEvent } from '../../contracts/sender-guide.ts'
import { privateKeyPem, rsaKeys, selfSignedCertificate } from '../../testing/self-signed-certificate.ts'
import { outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import * as eventGrid from '../presets/azure-event-grid.ts'
import * as googlePubsub from '../presets/google-pubsub.ts'
import * as livekit from '../presets/livekit.ts'
import * as microsoftGraph from '../presets/microsoft-graph.ts'
import * as paypal from '../presets/paypal.ts'
import * as plaid from '../presets/plaid.ts'
import * as sns from '../presets/aws-sns.ts'
import { publicJwk } from './jwt/sign-jwt.ts'

interface Trip {
  sender: { preset: Preset; sample: SampleEvent }
  body?: string
  signWith: string[]
  verifyWith: string[]
  answer?: string
  settings?: Record<string, string>
}

describe('in the runtime of Workers', async () => {
  const keys = await rsaKeys()
  const pem = await privateKeyPem(keys)
  const es256 = await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey)
  const years = { notBefore: SIGNED_AT - 86_400, notAfter: SIGNED_AT + 20 * 365 * 86_400 }
  const certificate = await selfSignedCertificate({ keys, commonName: 'messageverificationcerts.paypal.com', ...years })
  const expired = await selfSignedCertificate({
    keys,
    commonName: 'messageverificationcerts.paypal.com',
    ...years,
    notAfter: SIGNED_AT - 1,
  })
  const rsaSet = JSON.stringify({ keys: [await publicJwk(pem, 'RS256')] })
  const topic = 'arn:aws:sns:eu-central-1:123456789012:orders'
  const entra = { audience: 'app', appId: 'app', tenantId: '11111111-2222-4333-8444-555555555555' }

  const trips: Record<string, Trip> = {
    'X.509 and RSA-SHA256 (PayPal)': { sender: paypal, signWith: ['WH', pem], verifyWith: ['WH'], answer: certificate },
    'X.509 and RSA-SHA256 (SNS version 2)': { sender: sns, signWith: [topic, pem], verifyWith: [topic], answer: certificate },
    'X.509 and RSA-SHA1 (SNS version 1)': {
      sender: sns,
      body: sns.sample.body.replace('"SignatureVersion":"2"', '"SignatureVersion":"1"'),
      signWith: [topic, pem],
      verifyWith: [topic],
      answer: certificate,
    },
    'ES256 (Plaid)': {
      sender: plaid,
      signWith: [es256],
      verifyWith: ['client:secret'],
      answer: JSON.stringify({ key: { ...(await publicJwk(es256, 'ES256')), expired_at: null } }),
    },
    'RS256 (Google)': {
      sender: googlePubsub,
      signWith: [pem],
      verifyWith: [],
      answer: rsaSet,
      settings: { serviceAccountEmail: 'a@b.c' },
    },
    'HS256 (LiveKit)': { sender: livekit, signWith: ['secret'], verifyWith: ['secret'], settings: { apiKey: 'k' } },
    'tokens of Entra (Graph)': {
      sender: microsoftGraph,
      signWith: ['state', pem],
      verifyWith: ['state'],
      answer: rsaSet,
      settings: entra,
    },
    'tokens of Entra (Event Grid)': {
      sender: eventGrid,
      signWith: ['code', pem],
      verifyWith: ['code'],
      answer: rsaSet,
      settings: entra,
    },
  }
  for (const [name, { sender, body, signWith, verifyWith, answer, settings = {} }] of Object.entries(trips)) {
    it(`verifies what it signs: ${name}`, async ({ expect }) => {
      const { preset, sample } = sender
      const request = await signed(preset, body ?? sample.body, signWith, { settings, headers: sample.headers })
      const input = { settings, fetchKey: async () => answer }
      expect(await outcome(preset, request, verifyWith, input)).toBe('accepted')
      const changed = request.rawBody.slice()
      changed[changed.length - 3] = 0x20
      if (preset.bodyAuthenticated)
        expect(await outcome(preset, { ...request, rawBody: changed }, verifyWith, input)).not.toBe('accepted')
    })
  }

  it('reads a certificate’s dates and refuses what is none', async ({ expect }) => {
    const request = await signed(paypal.preset, paypal.sample.body, ['WH', pem])
    expect(await outcome(paypal.preset, request, ['WH'], { fetchKey: async () => expired })).toBe('unknown_key')
    const garbage = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
    expect(await outcome(paypal.preset, request, ['WH'], { fetchKey: async () => garbage })).toBe('key_unavailable')
  })
})
