import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import type { RejectedRequestRow } from '@orchestrator/shared/db/data-schema'
import type { Problem } from '@orchestrator/shared/http/problem'
import { beforeAll, beforeEach, describe, it } from 'vitest'
import { createIngress } from '../app.ts'
import { failing, hanging, watched } from '../testing/faults.ts'
import { bare, configOf, newSender, requestFrom, type Sender } from '../testing/senders.ts'
import { env, fetchWith, seedConfig, signed, subscriptionEvent } from '../testing/stack.ts'

const senders: Record<string, Sender> = {}

beforeAll(async () => {
  const github = await newSender('github', 'github')
  const odd = { ...github.preset, id: 'odd', verification: token('x-odd') }
  Object.assign(senders, {
    github,
    networked: await newSender('networked', odd, { allowedIps: ['203.0.113.0/24', '198.51.100.7', '2001:db8::/32'] }),
    limited: await newSender('limited', 'github', { rateLimit: { limit: 2, perSeconds: 3_600 } }),
    failed: await newSender('failed', 'github', { rateLimit: { limit: 1, perSeconds: 3_600 } }),
  })
  await seedConfig(configOf(...Object.values(senders)))
})

beforeEach(() => env.DATA_00.exec('DELETE FROM rejected_requests'))

function token(name: string) {
  return { scheme: 'token' as const, from: [{ kind: 'header' as const, name }] }
}

let made = 0
const from = (provider: string, ip: string, headers: Record<string, string> = {}) =>
  requestFrom(senders[provider]!, {
    body: JSON.stringify({ n: ++made }),
    headers: { 'x-github-delivery': `d${made}`, 'x-github-event': 'push' },
    unsigned: { 'cf-connecting-ip': ip, ...headers },
  })
const unsigned = (provider: string, ip: string) => bare(provider, { headers: { 'cf-connecting-ip': ip }, body: '{}' })
const code = async (request: Request) => (await fetchWith(env, request)).status

/** Requests to one isolate, which remembers who failed. */
function warmIsolate(environment: object) {
  const ingress = createIngress()
  return async (request: Request): Promise<Response> => {
    const context = createExecutionContext()
    const response = await ingress.fetch(request, environment, context)
    await waitOnExecutionContext(context)
    return response
  }
}

/** Counts like the platform's binding: `limit` failures of a key, and then no more. */
function failureLimit(limit: number) {
  const counts = new Map<string, number>()
  return {
    async limit({ key }: { key: string }) {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { success: counts.get(key)! <= limit }
    },
  }
}

async function rejected(): Promise<RejectedRequestRow[]> {
  return (await env.DATA_00.prepare('SELECT * FROM rejected_requests').all<RejectedRequestRow>()).results
}

describe('networks', () => {
  it('that are not listed hear 403, before anything is read', async ({ expect }) => {
    for (const [ip, expected] of [
      ['203.0.113.200', 200],
      ['198.51.100.7', 200],
      ['::ffff:198.51.100.7', 200],
      ['2001:db8:ffff::1', 200],
      ['198.51.100.8', 403],
      ['2001:db9::1', 403],
      ['::ffff:192.0.2.1', 403],
      ['', 403],
    ] as const) {
      expect(await code(await from('networked', ip)), ip).toBe(expected)
    }
  })

  it('leave a row without the token, which may be the right one', async ({ expect }) => {
    const response = await fetchWith(env, await from('networked', '192.0.2.1'))
    expect([response.status, (await response.json<Problem>()).code]).toEqual([403, 'forbidden'])
    const [row] = await rejected()
    expect(row).toMatchObject({ provider: 'networked', reason: 'network_not_allowed', ip: '192.0.2.1', method: 'POST', count: 1 })
    expect(row?.headers).toContain('["x-odd","[redacted')
    expect(row?.headers).not.toContain(senders['networked']?.keys.configure)
  })
})

describe('an address that fails too often', () => {
  const limits = { ...env, FAILURE_LIMIT: failureLimit(3) }

  it('hears 429 with Retry-After, also when it signs; others and other providers are listened to', async ({ expect }) => {
    const ask = warmIsolate(limits)
    const codes: number[] = []
    for (let n = 0; n < 6; n++) codes.push((await ask(unsigned('github', '192.0.2.1'))).status)
    expect(codes).toEqual([401, 401, 401, 401, 429, 429])
    const blocked = await ask(await from('github', '192.0.2.1'))
    expect(blocked.status).toBe(429)
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(Number(blocked.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await ask(await from('github', '192.0.2.2'))).status).toBe(200)
    expect((await ask(await from('networked', '203.0.113.1'))).status).toBe(200)
    expect((await ask(await from('limited', '192.0.2.1'))).status).toBe(200)
  })

  it('is kept out by the real binding too, at a hundred a minute, and whoever succeeds is not counted', async ({ expect }) => {
    const ask = warmIsolate(env)
    for (let n = 0; n < 120; n++) expect((await ask(await from('github', '192.0.2.3'))).status).toBe(200)
    let n = 0
    while (n < 300 && (await ask(unsigned('github', '192.0.2.30'))).status === 401) n++
    expect(n).toBeGreaterThanOrEqual(100)
    expect(n).toBeLessThan(300)
    // An address that was believed goes on, whatever a stranger sends from there too.
    for (let m = 0; m < 200; m++) await ask(unsigned('github', '192.0.2.3'))
    expect((await ask(await from('github', '192.0.2.3'))).status).toBe(200)
  })

  it('that looks for providers is kept out of each one it asked for', async ({ expect }) => {
    const ask = warmIsolate({ ...env, FAILURE_LIMIT: failureLimit(1) })
    const codes: number[] = []
    for (let n = 0; n < 4; n++) codes.push((await ask(unsigned('nobody', '192.0.2.4'))).status)
    expect(codes).toEqual([404, 404, 429, 429])
  })

  it('is not kept out for what is ours: a missing secret, a disabled provider, an overload', async ({ expect }) => {
    const ask = warmIsolate({ ...env, FAILURE_LIMIT: failureLimit(0) })
    const event = { headers: { 'cf-connecting-ip': '192.0.2.5' } }
    for (const provider of ['stripe-without-secret', 'stripe-disabled'])
      for (let n = 0; n < 3; n++) expect((await ask(await signed(subscriptionEvent(), { provider, ...event }))).status).toBe(503)
    expect((await ask(await from('github', '192.0.2.5'))).status).toBe(200)
  })

  it('is this machine: only in development it never is kept out', async ({ expect }) => {
    const live = { SECRETS_KEY: 'k', ROLLING_SECRET: 'live', ROLLING_SECRET_PREVIOUS: 'old', ENVIRONMENT: 'production' }
    for (const [environment, expected] of [
      [{}, 401],
      [live, 429],
    ] as const) {
      const ask = warmIsolate({ ...env, ...environment, FAILURE_LIMIT: failureLimit(1) })
      for (const ip of ['127.0.0.1', '::1']) {
        for (let n = 0; n < 2; n++) expect((await ask(unsigned('stripe-rolling', ip))).status).toBe(401)
        expect((await ask(unsigned('stripe-rolling', ip))).status, ip).toBe(expected)
      }
    }
  })

  it('is listened to while it cannot be counted', async ({ expect }) => {
    for (const FAILURE_LIMIT of [failing(failureLimit(0), 'limit'), undefined]) {
      const ask = warmIsolate({ ...env, FAILURE_LIMIT })
      for (let n = 0; n < 3; n++) expect((await ask(unsigned('github', '192.0.2.6'))).status).toBe(401)
      expect((await ask(await from('github', '192.0.2.6'))).status).toBe(200)
    }
  })
})

describe('a provider at its limit', () => {
  it('hears 429 once its signed webhooks are over it; what was not believed costs nothing', async ({ expect }) => {
    for (let n = 0; n < 3; n++) expect(await code(unsigned('limited', '203.0.113.1'))).toBe(401)
    // One of its two was used above.
    expect(await code(await from('limited', '203.0.113.1'))).toBe(200)
    const response = await fetchWith(env, await from('limited', '203.0.113.1'))
    expect([response.status, (await response.json<Problem>()).code]).toEqual([429, 'rate_limited'])
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(1_000)
    expect(await code(unsigned('limited', '203.0.113.1'))).toBe(401)
    expect(await code(await from('github', '203.0.113.1'))).toBe(200)
  })

  it('is let pass while the limiter fails or hangs, and soon', async ({ expect }) => {
    const stub = { acquire: async () => ({ permits: 0, retryAfterMs: 1, remaining: 0 }) }
    for (const broken of [failing(stub, 'acquire'), hanging(stub, 'acquire')]) {
      const PROVIDER_LIMITER = { idFromName: () => 'id', get: () => broken }
      const startedAt = Date.now()
      expect((await fetchWith({ ...env, PROVIDER_LIMITER }, await from('failed', '203.0.113.1'))).status).toBe(200)
      expect(Date.now() - startedAt).toBeLessThan(1_000)
    }
  })
})

describe('headers', () => {
  it('that are too many or too long to store are refused with 431', async ({ expect }) => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`x-${n}`, 'v']))
    for (const headers of [many, { 'x-long': 'v'.repeat(49_153) }]) {
      const response = await fetchWith(env, await from('github', '203.0.113.1', headers))
      expect([response.status, (await response.json<Problem>()).code]).toEqual([431, 'headers_too_large'])
    }
    const enough = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`x-${n}`, 'v'.repeat(200)]))
    expect(await code(await from('github', '203.0.113.1', enough))).toBe(200)
  })
})

describe('what was refused', () => {
  it('leaves a row that says why, without what proves anything', async ({ expect }) => {
    const request = await from('github', '192.0.2.9', { authorization: 'Bearer abc', cookie: 'c=abc', 'x-kept': 'kept' })
    const headers = { ...Object.fromEntries(request.headers), 'x-hub-signature-256': 'sha256=0123' }
    expect(await code(bare('github', { headers, body: '{}' }))).toBe(401)
    const [row] = await rejected()
    expect(row).toMatchObject({ provider: 'github', reason: 'no_match', method: 'POST', ip: '192.0.2.9', count: 1 })
    const kept = new Map(JSON.parse(row?.headers ?? '[]') as [string, string][])
    expect(kept.get('x-kept')).toBe('kept')
    for (const name of ['authorization', 'cookie', 'x-hub-signature-256']) expect(kept.get(name), name).toMatch(/^\[redacted/)
  })

  it('leaves none of its headers where they are long', async ({ expect }) => {
    const headers = { 'x-long': 'v'.repeat(5_000), 'cf-connecting-ip': '192.0.2.9' }
    expect(await code(bare('github', { headers, body: '{}' }))).toBe(401)
    expect(await rejected()).toMatchObject([{ reason: 'missing_header', headers: '[]' }])
  })

  it('leaves a few rows of a flood, whoever it comes from', async ({ expect }) => {
    const ask = warmIsolate(env)
    const writes: unknown[][] = []
    const flooded = warmIsolate({ ...env, DATA_00: watched(env.DATA_00, writes, 'prepare') })
    await ask(unsigned('github', '192.0.2.9'))
    for (let n = 0; n < 300; n++) await flooded(unsigned('github', `198.51.100.${n % 250}`))
    expect((await rejected()).length).toBeLessThanOrEqual(11)
    expect(writes.length).toBeLessThanOrEqual(20)
  })

  it('is answered the same while DATA cannot keep a row', async ({ expect }) => {
    for (const fault of [failing, hanging]) {
      const response = await fetchWith({ ...env, DATA_00: fault(env.DATA_00, 'prepare') }, unsigned('github', '192.0.2.9'))
      expect(response.status).toBe(401)
    }
    expect(await rejected()).toEqual([])
  })

  it('is no row where it is ours to fix, or nobody’s', async ({ expect }) => {
    await fetchWith(env, unsigned('nobody', '192.0.2.9'))
    await fetchWith(env, await signed(subscriptionEvent(), { provider: 'stripe-without-secret' }))
    await fetchWith(env, bare('github', { method: 'PUT' }))
    expect(await rejected()).toEqual([])
  })
})
