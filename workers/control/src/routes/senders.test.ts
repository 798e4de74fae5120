import { env } from 'cloudflare:workers'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import { toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import { sign } from '@orchestrator/shared/verification/sign'
import { verify } from '@orchestrator/shared/verification/verify'
import { importJWK, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, it } from 'vitest'
import { answer, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { hmacSender, issuesOf, write } from '../testing/config.ts'
import { AT, BODY, signed, tryOut } from '../testing/try-out.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

describe('senders of every kind', () => {
  const CANDIDATES = [
    `whsec_${toBase64(utf8('thirty-two bytes of a signing key'))}`,
    'a1b2'.repeat(16),
    'user-name:pass-word-of-it',
  ]

  it('are tried without giving a secret away', async ({ expect }) => {
    let covered = 0
    for (const preset of PRESETS) {
      const notes = findSenderNotes(preset.id)
      if (!notes || preset.methods[0] !== 'POST') continue
      const settings = Object.fromEntries(notes.guide.settings.map(({ name, list }) => [name, list ? ['value'] : 'value']))
      const { body, contentType, headers, query } = notes.sample
      const url = `https://hooks.example.com/webhooks/x${query ? `?${query}` : ''}`
      for (const secret of CANDIDATES) {
        const input = {
          method: 'POST',
          url,
          rawBody: utf8(body),
          contentType,
          headers,
          settings,
          secrets: [secret],
          timestamp: AT,
        }
        const made = await sign({ preset, ...input }).catch(() => undefined)
        if (!made) continue
        const secrets = [{ label: 'current' as const, secret }]
        const request = {
          ...input,
          url: made.url,
          headers: new Headers({ 'content-type': contentType, ...made.headers }),
          rawBody: made.rawBody,
        }
        const verdict = await verify({ preset, ...request, secrets, now: AT * 1_000, fetchKey: async () => undefined })
        if (!verdict.ok) continue
        covered++
        await answer(write('PUT', '/v1/secrets/any', { value: secret }))
        const id = `try-${preset.id}`
        const fields = { id, preset: preset.id, secret: 'any', settings, publicUrl: url.split('?')[0] }
        await answer(write('POST', '/v1/providers', fields), 201)
        const pasted = {
          url: made.url,
          headers: { 'content-type': contentType, ...made.headers },
          bodyBase64: toBase64(made.rawBody),
        }
        const good = await tryOut(id, { ...pasted, now: AT })
        expect(good.verdict, `${preset.id}: ${JSON.stringify(good)}`).toBe('accepted')
        const bad = await tryOut(id, { url, headers: { 'content-type': contentType, ...headers }, body, now: AT })
        for (const result of [good, bad])
          expect(JSON.stringify([result.steps, result.notes, result.reason])).not.toContain(secret)
        break
      }
    }
    expect(covered).toBeGreaterThan(20)
  }, 60_000)
})

describe('custom senders', () => {
  it('sign with an HMAC of any kind', async ({ expect }) => {
    await answer(write('PUT', '/v1/secrets/own', { value: 'our own secret' }))
    for (const hash of ['SHA-1', 'SHA-256', 'SHA-512']) {
      const base = hmacSender() as { verification: object }
      const verification = { ...base.verification, algorithm: { kind: 'hmac', hash, key: { encoding: 'utf8' } } }
      const id = `own-${hash.toLowerCase()}`
      const created = await answer(
        write('POST', '/v1/providers', { id, preset: 'custom', secret: 'own', custom: { ...base, verification } }),
        201,
      )
      expect(created).toMatchObject({ title: id, bodyAuthenticated: true, custom: { dedupe: { by: 'id' }, methods: ['POST'] } })
      const headers = await signed((created as unknown as { custom: Preset }).custom, 'our own secret')
      expect(await tryOut(id, { headers, body: BODY, now: AT }), hash).toMatchObject({ verdict: 'accepted', eventId: 'evt_1' })
      expect((await tryOut(id, { headers, body: '{}', now: AT })).reason).toBe('no_match')
    }
  })

  it('sign with Ed25519, ECDSA or RSA', async ({ expect }) => {
    const kinds = [
      [{ kind: 'ed25519', key: 'pem' }, { name: 'Ed25519' }],
      [
        { kind: 'ecdsa-p256', key: 'pem', format: 'der' },
        { name: 'ECDSA', namedCurve: 'P-256' },
      ],
      [
        { kind: 'rsa', hash: 'SHA-256', key: 'pem' },
        { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048, publicExponent: Uint8Array.of(1, 0, 1) },
      ],
    ] as const
    for (const [algorithm, parameters] of kinds) {
      const pair = (await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])) as CryptoKeyPair
      const pem = async (label: string, format: 'spki' | 'pkcs8', key: CryptoKey) =>
        `-----BEGIN ${label}-----\n${toBase64(new Uint8Array((await crypto.subtle.exportKey(format, key)) as ArrayBuffer))}\n-----END ${label}-----`
      const id = `own-${algorithm.kind}`
      await answer(write('PUT', `/v1/secrets/${id}`, { value: await pem('PUBLIC KEY', 'spki', pair.publicKey) }))
      const base = hmacSender() as { verification: object }
      const custom = { ...base, verification: { ...base.verification, algorithm } }
      const created = await answer(write('POST', '/v1/providers', { id, preset: 'custom', secret: id, custom }), 201)
      const headers = await signed(
        (created as unknown as { custom: Preset }).custom,
        await pem('PRIVATE KEY', 'pkcs8', pair.privateKey),
      )
      expect(await tryOut(id, { headers, body: BODY, now: AT }), id).toMatchObject({ verdict: 'accepted' })
      expect((await tryOut(id, { headers, body: '{}', now: AT })).verdict).toBe('refused')
    }
  })

  it('send a shared token or Basic credentials', async ({ expect }) => {
    await answer(write('PUT', '/v1/secrets/token', { value: 'let:me-in' }))
    const send = async (id: string, from: object[], headers: object) => {
      const custom = { verification: { scheme: 'token', from } }
      const created = await answer<{ warnings: string[] }>(
        write('POST', '/v1/providers', { id, preset: 'custom', secret: 'token', custom }),
        201,
      )
      expect(created.warnings.join()).toContain('does not cover the body')
      return tryOut(id, { headers, body: BODY })
    }
    expect(await send('by-token', [{ kind: 'header', name: 'x-token' }], { 'x-token': 'let:me-in' })).toMatchObject({
      verdict: 'accepted',
    })
    const basic = { authorization: `Basic ${btoa('let:me-in')}` }
    expect(await send('by-basic', [{ kind: 'basic' }], basic)).toMatchObject({ verdict: 'accepted' })
    expect(await tryOut('by-basic', { headers: { authorization: `Basic ${btoa('let:me-out')}` }, body: BODY })).toMatchObject({
      reason: 'no_match',
    })
  })

  it('sign a JWT under a key of their key set', async ({ expect }) => {
    const { current } = JSON.parse((env as unknown as { TEST_KEYS: string }).TEST_KEYS) as {
      current: { kid: string; privateJwk: JWK }
    }
    const custom = {
      verification: {
        scheme: 'jwt',
        header: 'authorization',
        prefix: 'Bearer ',
        algorithms: ['RS256'],
        keys: { kind: 'jwks', url: 'https://keys.example.com/jwks' },
        checks: [{ kind: 'equals', claim: 'aud', oneOf: ['orchestrator'] }],
        requiredTimes: ['exp'],
        clockSkewSeconds: 30,
      },
    }
    await answer(write('POST', '/v1/providers', { id: 'by-jwt', preset: 'custom', custom }), 201)
    const token = async (aud: string) =>
      new SignJWT({ aud, exp: AT + 60 })
        .setProtectedHeader({ alg: 'RS256', kid: current.kid })
        .sign(await importJWK(current.privateJwk, 'RS256'))
    const withToken = async (aud: string) =>
      tryOut('by-jwt', { headers: { authorization: `Bearer ${await token(aud)}` }, body: BODY, now: AT })
    expect(await withToken('orchestrator')).toMatchObject({ verdict: 'accepted', secret: null })
    expect(await withToken('somebody-else')).toMatchObject({ verdict: 'refused', reason: 'wrong_claim' })
  })

  it('prove nothing only from networks that are named', async ({ expect }) => {
    const custom = { verification: { scheme: 'none' } }
    const post = (allowedIps: string[]) =>
      write('POST', '/v1/providers', { id: 'by-network', preset: 'custom', custom, allowedIps })
    for (const open of [[], ['0.0.0.0/0'], ['203.0.113.0/24', '::/0'], ['0.0.0.0/1', '128.0.0.0/1']]) {
      expect(Object.keys(await issuesOf(post(open))), open.join()).toContain('allowedIps')
    }
    await answer(post(['203.0.113.0/24']), 201)
    expect(await tryOut('by-network', { body: BODY, ip: '203.0.113.9' })).toMatchObject({ verdict: 'accepted' })
    expect(await tryOut('by-network', { body: BODY, ip: '203.0.114.9' })).toMatchObject({ verdict: 'refused' })
    const emptied = write('PATCH', '/v1/providers/by-network', { allowedIps: [] })
    expect(Object.keys(await issuesOf(emptied))).toEqual(['allowedIps'])
  })
})
