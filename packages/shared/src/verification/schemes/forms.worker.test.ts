import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { HOSTILE_BODIES, HOSTILE_TYPES } from '../../testing/hostile-bodies.ts'
import { secretFor } from '../../testing/preset-secrets.ts'
import { ADDRESS, SIGNED_AT } from '../../testing/verify-signed.ts'
import { findSenderNotes } from '../presets/guides.ts'
import { findPreset } from '../presets/index.ts'
import { sign } from '../sign.ts'
import { verify } from '../verify.ts'

const senders = [
  'adyen-payments',
  'braintree',
  'contentful',
  'dropbox-sign',
  'hubspot-v1',
  'mailgun',
  'mandrill',
  'moralis-streams',
  'paddle-classic',
  'twilio',
]

describe.each(senders)('%s, in the runtime of Workers', (id) => {
  it('believes its sample once signed, and refuses hostile bodies without throwing', async ({ expect }) => {
    const preset = findPreset(id)!
    const { contentType, body, headers } = findSenderNotes(id)!.sample
    const { signWith, configure, settings } = await secretFor(preset)
    const event = {
      method: 'POST',
      url: ADDRESS,
      rawBody: utf8(body),
      contentType,
      headers: { 'content-type': contentType, ...headers },
    }
    const signed = await sign({ preset, ...event, secrets: signWith, settings, timestamp: SIGNED_AT })
    const judge = (rawBody: Uint8Array<ArrayBuffer>, type: string) =>
      verify({
        preset,
        method: 'POST',
        url: signed.url,
        headers: new Headers({ ...signed.headers, 'content-type': type }),
        rawBody,
        secrets: [{ label: 'current', secret: configure ?? '' }],
        settings,
        now: SIGNED_AT * 1000,
        fetchKey: async () => undefined,
      })
    expect(await judge(signed.rawBody, contentType)).toMatchObject({ ok: true })
    for (const hostile of HOSTILE_BODIES) for (const type of HOSTILE_TYPES) expect((await judge(hostile, type)).ok).toBe(false)
  })
})
