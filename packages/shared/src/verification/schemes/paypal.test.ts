import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { privateKeyPem, rsaKeys, selfSignedCertificate } from '../../testing/self-signed-certificate.ts'
import { keyHost, outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { preset, sample } from '../presets/paypal.ts'

const WEBHOOK = '4JH86294D6297924G'
const HOST = 'https://api.sandbox.paypal.com'
const URL_OF_CERTIFICATE = `${HOST}/v1/notifications/certs/CERT-test`

describe('a webhook of PayPal', async () => {
  const keys = await rsaKeys()
  const certificate = (changes: Partial<Parameters<typeof selfSignedCertificate>[0]> = {}) =>
    selfSignedCertificate({
      keys,
      commonName: 'messageverificationcerts.sandbox.paypal.com',
      notBefore: SIGNED_AT - 86_400,
      notAfter: SIGNED_AT + 86_400,
      ...changes,
    })
  const pem = await privateKeyPem(keys)
  const good = await signed(preset, sample.body, [WEBHOOK, pem], { headers: { 'paypal-cert-url': URL_OF_CERTIFICATE } })
  const host = keyHost({ [URL_OF_CERTIFICATE]: await certificate() })
  const changed = (name: string, value: string) => ({ ...good, headers: { ...good.headers, [name]: value } })

  it('is verified for any of the configured webhooks', async ({ expect }) => {
    expect(await outcome(preset, good, [WEBHOOK], host)).toBe('accepted')
    expect(await outcome(preset, good, ['another', WEBHOOK], host)).toBe('accepted')
    expect(await outcome(preset, good, ['another'], host)).toBe('no_match')
    expect(await outcome(preset, good, [''], host)).toBe('unusable_secret')
  })

  it('is refused when any signed part is another', async ({ expect }) => {
    expect(await outcome(preset, { ...good, rawBody: utf8(`${sample.body} `) }, [WEBHOOK], host)).toBe('no_match')
    expect(await outcome(preset, changed('paypal-transmission-id', 'x'), [WEBHOOK], host)).toBe('no_match')
    const later = new Date((SIGNED_AT + 1) * 1000).toISOString()
    expect(await outcome(preset, changed('paypal-transmission-time', later), [WEBHOOK], host)).toBe('no_match')
    const signature = good.headers['paypal-transmission-sig']!
    expect(await outcome(preset, changed('paypal-transmission-sig', signature.slice(0, -8)), [WEBHOOK], host)).toBe('no_match')
    expect(await outcome(preset, changed('paypal-transmission-sig', '!'), [WEBHOOK], host)).toBe('malformed_header')
    expect(await outcome(preset, changed('paypal-auth-algo', 'SHA1withRSA'), [WEBHOOK], host)).toBe('malformed_header')
    expect(await outcome(preset, changed('paypal-transmission-time', 'yesterday'), [WEBHOOK], host)).toBe('malformed_header')
  })

  it('is refused without any one of its headers', async ({ expect }) => {
    for (const name of Object.keys(good.headers)) {
      const { [name]: _, ...headers } = good.headers
      expect(await outcome(preset, { ...good, headers }, [WEBHOOK], host), name).toBe('missing_header')
    }
  })

  it('has its certificate fetched from PayPal only', async ({ expect }) => {
    const asked: string[] = []
    const fetchKey = async ({ url }: { url: string }) => (asked.push(url), undefined)
    for (const url of [
      'http://api.paypal.com/v1/notifications/certs/CERT-1',
      'https://evil.example/v1/notifications/certs/CERT-1',
      'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
      'https://evilpaypal.com/v1/notifications/certs/CERT-1',
      'https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1',
      'https://evil@api.paypal.com/v1/notifications/certs/CERT-1',
      'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
      'https://api.paypal.com:443/v1/notifications/certs/CERT-1',
      'https://api.paypal.com\\@evil.example/v1/notifications/certs/CERT-1',
      'https://api.paypal.com/v1/notifications/certs/../../../redirect/CERT-1',
      'https://api.paypal.com/v1/notifications/certs/CERT-1?a=b',
      'https://api.paypal.com/v1/notifications/certs/CERT-1#a',
      'https://www.paypal.com/redirect',
      'HTTPS://API.PAYPAL.COM/v1/notifications/certs/CERT-1',
      `https://api.paypal.com/v1/notifications/certs/${'C'.repeat(500)}`,
      'not a url',
    ]) {
      expect(await outcome(preset, changed('paypal-cert-url', url), [WEBHOOK], { fetchKey }), url).toBe('unknown_key')
    }
    expect(asked).toEqual([])
    expect(
      await outcome(preset, changed('paypal-cert-url', 'https://api.paypal.com/v1/notifications/certs/C-1'), [WEBHOOK], {
        fetchKey,
      }),
    ).toBe('key_unavailable')
  })

  it('is refused under a certificate that names another, has expired, or holds another key', async ({ expect }) => {
    const under = async (answer: string | null | undefined) => outcome(preset, good, [WEBHOOK], { fetchKey: async () => answer })
    for (const commonName of [
      'evil.example',
      'paypal.com',
      'messageverificationcerts.paypal.com.evil.example',
      'xmessageverificationcerts.evilpaypal.com',
    ]) {
      expect(await under(await certificate({ commonName })), commonName).toBe('unknown_key')
    }
    expect(await under(await certificate({ commonName: 'messageverificationcerts.paypal.com' }))).toBe('accepted')
    expect(await under(await certificate({ notAfter: SIGNED_AT - 1 }))).toBe('unknown_key')
    expect(await under(await certificate({ keys: await rsaKeys() }))).toBe('no_match')
    expect(await under(null)).toBe('unknown_key')
    for (const answer of [undefined, '', 'garbage', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
      expect(await under(answer)).toBe('key_unavailable')
    }
  })

  it('may be as old as it likes, unless the provider has a tolerance', async ({ expect }) => {
    const now = (SIGNED_AT + 3 * 3_600) * 1000
    expect(await outcome(preset, good, [WEBHOOK], { ...host, now })).toBe('accepted')
    expect(await outcome(preset, good, [WEBHOOK], { ...host, now, toleranceSeconds: 3_600 })).toBe('timestamp_too_old')
    expect(await outcome(preset, good, [WEBHOOK], { ...host, now: (SIGNED_AT - 61) * 1000, toleranceSeconds: 60 })).toBe(
      'timestamp_in_future',
    )
  })

  it('says what signing misses', async ({ expect }) => {
    await expect(signed(preset, sample.body, [WEBHOOK])).rejects.toThrow('private key')
    await expect(signed(preset, sample.body, [pem])).rejects.toThrow('webhook id')
  })
})
