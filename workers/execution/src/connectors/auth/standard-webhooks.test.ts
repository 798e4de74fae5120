import { fromBase64, toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { Webhook } from 'standardwebhooks'
import { describe, it } from 'vitest'
import { httpBench } from '../../testing/http-bench.ts'

const NEW = `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`
const OLD = `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(24)))}`
const auth = { kind: 'standardWebhooks' as const, secret: 'signing' }

/** One call that is signed now, since the library looks at the clock. */
async function signedBy(secrets: string[], changes: Parameters<ReturnType<typeof httpBench>['call']>[0] = {}) {
  const { call, sent } = httpBench(({ headers }) => new Response(`got ${headers.get('webhook-signature')}`), {
    secrets: { signing: secrets },
    deps: { now: Date.now },
  })
  const result = await call({ ...changes, connector: { auth } })
  const [request] = sent
  return { result, sent, headers: Object.fromEntries(request?.headers ?? []), body: request?.body ?? '' }
}

describe('a call signed as Standard Webhooks', () => {
  it('is verified by the library, and its id is the idempotency key', async ({ expect }) => {
    const { headers, body, result } = await signedBy([NEW])
    expect(new Webhook(NEW).verify(String(body), headers)).toEqual({ id: 'sub/1', status: 'active' })
    expect(headers['webhook-id']).toBe('job_1')
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/)
    expect(() => new Webhook(OLD).verify(String(body), headers)).toThrow('No matching signature found')
    expect(JSON.stringify(result)).not.toContain(headers['webhook-signature'])
  })

  it('has the signature of both secrets while a rotation overlaps', async ({ expect }) => {
    const { headers, body } = await signedBy([NEW, OLD])
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
    for (const secret of [NEW, OLD])
      expect(new Webhook(secret).verify(String(body), headers)).toEqual({ id: 'sub/1', status: 'active' })
  })

  it('signs bytes and no body at all', async ({ expect }) => {
    const bytes = new Uint8Array([0xff, 0x00, 0x7b])
    const webhook = { ok: true as const, value: { body: bytes, contentType: 'image/png', contentEncoding: null, headers: {} } }
    const raw = await signedBy([NEW], { webhook, operation: { raw: true, path: '/x', body: null } })
    expect(raw.body).toBe(bytes)
    const key = await crypto.subtle.importKey('raw', fromBase64(NEW.slice(6))!, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ])
    const content = new Uint8Array([...utf8(`job_1.${raw.headers['webhook-timestamp']}.`), ...bytes])
    const signature = fromBase64(raw.headers['webhook-signature']?.slice(3) ?? '')!
    expect(await crypto.subtle.verify('HMAC', key, signature, content)).toBe(true)
    const empty = await signedBy([NEW], { operation: { method: 'GET', body: null } })
    expect(() => new Webhook(NEW).verify('', empty.headers, { jsonParse: false })).not.toThrow()
  })

  for (const form of ['seed', 'seed and public key']) {
    it(`is verified with the public key where the secret is an Ed25519 key (${form})`, async ({ expect }) => {
      const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
      const pkcs8 = new Uint8Array((await crypto.subtle.exportKey('pkcs8', pair.privateKey)) as ArrayBuffer)
      const publicKey = new Uint8Array((await crypto.subtle.exportKey('raw', pair.publicKey)) as ArrayBuffer)
      const seed = pkcs8.subarray(-32)
      const secret = `whsk_${toBase64(form === 'seed' ? seed : new Uint8Array([...seed, ...publicKey]))}`
      const { headers, body } = await signedBy([secret, NEW])
      const [asymmetric = '', symmetric] = headers['webhook-signature']?.split(' ') ?? []
      expect(asymmetric.startsWith('v1a,')).toBe(true)
      const content = utf8(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${String(body)}`)
      expect(await crypto.subtle.verify('Ed25519', pair.publicKey, fromBase64(asymmetric.slice(4))!, content)).toBe(true)
      expect(new Webhook(NEW).verify(String(body), { ...headers, 'webhook-signature': symmetric ?? '' })).toBeTruthy()
    })
  }

  it('is not made with a secret that is none of these, and the error does not tell it', async ({ expect }) => {
    for (const secret of [
      'plain-text-secret',
      'whsec_%%%',
      `whsec_${toBase64(new Uint8Array(8))}`,
      `whsk_${toBase64(new Uint8Array(31))}`,
    ]) {
      const { result, sent } = await signedBy([NEW, secret])
      expect(result.end).toEqual({
        kind: 'config',
        error: expect.stringMatching(/^the secret “signing” is none of Standard Webhooks/),
      })
      expect(JSON.stringify(result)).not.toContain(secret)
      expect(sent).toEqual([])
    }
    expect((await signedBy([])).result.end).toEqual({ kind: 'config', error: 'the secret “signing” has no value' })
  })
})
