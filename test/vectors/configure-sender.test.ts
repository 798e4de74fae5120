import { describe, it } from 'vitest'
import { openSecret } from '@orchestrator/shared/secrets/envelope'
import { SECRETS_KEY } from '@orchestrator/dev/values'
import { configureSender, type Sender, senderAnswer } from '../support/configure-sender.ts'

const sender: Sender = { preset: 'square', secrets: [], config: {}, url: 'https://x.test/hooks?a=1' }

describe('a sender', () => {
  it('is configured with its settings in camel case, without what is no setting', async ({ expect }) => {
    const config = {
      verify_token: 't',
      service_account_email: 'e',
      appId: 'a',
      jwks: {},
      certs: {},
      certificates: {},
      version: 'v1',
    }
    const { provider, secret } = await configureSender({ ...sender, config }, 'p-1', SECRETS_KEY)
    expect(provider).toMatchObject({ id: 'p-1', preset: 'square', secret: null, publicUrl: 'https://x.test/hooks' })
    expect(provider.settings).toEqual({ verifyToken: 't', serviceAccountEmail: 'e', appId: 'a' })
    expect(secret).toBeUndefined()
  })

  it('has the registered address in another field, with its query', async ({ expect }) => {
    for (const name of ['notification_url', 'callback_url']) {
      const { provider } = await configureSender({ ...sender, config: { [name]: 'https://y.test/?b=2' } }, 'p', SECRETS_KEY)
      expect(provider).toMatchObject({ publicUrl: 'https://y.test/?b=2', settings: {} })
    }
  })

  it('has one secret with a version for each value, sealed', async ({ expect }) => {
    const { provider, secret } = await configureSender({ ...sender, secrets: ['new', 'old'] }, 'p', SECRETS_KEY)
    if (secret?.source !== 'stored') throw new Error('the secret is not stored')
    expect(provider.secret).toBe('p')
    expect(secret.versions.map(({ validUntil }) => validUntil)).toEqual([null, Number.MAX_SAFE_INTEGER])
    const opened = await Promise.all(secret.versions.map((version) => openSecret(SECRETS_KEY, 'p', version)))
    expect(opened).toEqual(['new', 'old'])
    expect(JSON.stringify(secret)).not.toContain('old')
  })

  it('has credentials for Plaid, which its vectors leave out', async ({ expect }) => {
    expect((await configureSender({ ...sender, preset: 'plaid' }, 'p', SECRETS_KEY)).provider.secret).toBe('p')
  })
})

describe('the host of a sender', () => {
  const jwks = { keys: [{ kid: 'k1' }, { kid: 'k2' }] }
  const url = 'https://keys.test/certs'

  it('answers with the certificate at that address, or with the key set', ({ expect }) => {
    expect(senderAnswer({ config: { certificates: { [url]: 'PEM' }, jwks } }, url, '')).toBe('PEM')
    expect(senderAnswer({ config: { jwks } }, url, '')).toBe(JSON.stringify(jwks))
    expect(senderAnswer({ config: { certificates: { 'https://other.test/': 'PEM' } } }, url, '')).toBeUndefined()
    expect(senderAnswer({ config: {} }, url, '')).toBeUndefined()
  })

  it('answers Plaid’s question with the one key, if it is there', ({ expect }) => {
    const ask = (kid: string) =>
      senderAnswer({ config: { jwks } }, 'https://plaid.test/webhook_verification_key/get', JSON.stringify({ key_id: kid }))
    expect(ask('k2')).toBe('{"key":{"kid":"k2"}}')
    expect(ask('k3')).toBeUndefined()
  })
})
