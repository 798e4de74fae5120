import { describe, it } from 'vitest'
import type { CodeScheme } from '../../contracts/preset.ts'
import { HOSTILE_BODIES, HOSTILE_TYPES } from '../../testing/hostile-bodies.ts'
import { SIGNED_AT } from '../../testing/verify-signed.ts'
import { SCHEMES } from './index.ts'

const schemes = [
  'adyen-payments',
  'braintree',
  'contentful',
  'dropbox-sign',
  'mailgun',
  'mandrill',
  'paddle-classic',
  'twilio',
] as const
const addresses = ['https://in.example/hook', 'https://in.example/hook?bodySHA256=%zz&bodySHA256=', 'no address, bodySHA256']
/** Headers that some scheme looks for, with nothing sensible in them. */
const headers = {
  'x-twilio-signature': 'AAAA, ====',
  'x-mandrill-signature': '\u00e9',
  'x-contentful-signature': 'f'.repeat(64),
  'x-contentful-timestamp': String(SIGNED_AT * 1000),
  'x-contentful-signed-headers': ',,constructor,__proto__, ,X-Upper',
}

describe.each(schemes)('%s', (name) => {
  it('refuses what no sender sends, and never throws', async ({ expect }) => {
    const scheme: CodeScheme = { scheme: name }
    const keys = ['', 'x', '00ff', 'c'.repeat(64), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----']
    const secrets = keys.map((secret) => ({ label: 'current' as const, secret }))
    for (const rawBody of HOSTILE_BODIES) {
      for (const contentType of HOSTILE_TYPES) {
        for (const url of addresses) {
          const verdict = await SCHEMES[name].verify(scheme, {
            method: 'POST',
            url,
            headers: new Headers({ ...headers, 'content-type': contentType }),
            rawBody,
            secrets,
            settings: { publicKey: ['a', ''] },
            now: SIGNED_AT * 1000,
            fetchKey: async () => undefined,
            explain: () => {},
          })
          expect(verdict.ok).toBe(false)
        }
      }
    }
  })
})
