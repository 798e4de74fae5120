import { describe, it } from 'vitest'
import { JWKS_FRESH_MS, MAX_REFETCHES, REFETCH_WINDOW_MS } from './constants.ts'
import { createJwksFetcher, JwksCache } from './jwks.ts'

const key = (kid: string) => ({ kty: 'RSA', kid, n: 'AQAB', e: 'AQAB' })

function issuer(...kids: string[]) {
  const state = { kids, down: false, fetches: 0 }
  const fetchJwks = async () => {
    state.fetches++
    if (state.down) throw new Error('down')
    return state.kids.map(key)
  }
  return { state, fetchJwks }
}

describe("the issuer's keys in an isolate", () => {
  it('are fetched once and then known for an hour', async ({ expect }) => {
    const { state, fetchJwks } = issuer('a')
    const cache = new JwksCache()
    expect(await cache.find('a', 0, fetchJwks)).toMatchObject({ ok: true, value: { kid: 'a' } })
    await cache.find('a', JWKS_FRESH_MS - 1, fetchJwks)
    expect(state.fetches).toBe(1)
    await cache.find('a', JWKS_FRESH_MS, fetchJwks)
    expect(state.fetches).toBe(2)
  })

  it('are fetched once more for an unknown id, which finds a rotated key', async ({ expect }) => {
    const { state, fetchJwks } = issuer('a')
    const cache = new JwksCache()
    await cache.find('a', 0, fetchJwks)
    state.kids = ['a', 'b']
    expect(await cache.find('b', 1, fetchJwks)).toMatchObject({ ok: true, value: { kid: 'b' } })
    expect(state.fetches).toBe(2)
    expect(await cache.find('c', 2, fetchJwks)).toEqual({ ok: false, error: { reason: 'key_unknown', kid: 'c' } })
    expect(state.fetches).toBe(3)
  })

  it('are not fetched without end for invented ids', async ({ expect }) => {
    const { state, fetchJwks } = issuer('a')
    const cache = new JwksCache()
    await cache.find('a', 0, fetchJwks)
    for (let i = 0; i < 100; i++) await cache.find(`invented-${i}`, i, fetchJwks)
    expect(state.fetches).toBe(1 + MAX_REFETCHES)
    await cache.find('invented', 200 + REFETCH_WINDOW_MS, fetchJwks)
    expect(state.fetches).toBe(2 + MAX_REFETCHES)
    expect(await cache.find('a', 300, fetchJwks)).toMatchObject({ ok: true })
  })

  it('stay in use when the issuer does not answer', async ({ expect }) => {
    const { state, fetchJwks } = issuer('a')
    const cache = new JwksCache()
    await cache.find('a', 0, fetchJwks)
    state.down = true
    expect(await cache.find('a', JWKS_FRESH_MS, fetchJwks)).toMatchObject({ ok: true })
  })

  it('are unavailable, not unknown, before the first answer, and the issuer is left alone for a second', async ({ expect }) => {
    const { state, fetchJwks } = issuer('a')
    state.down = true
    const failures: unknown[] = []
    const cache = new JwksCache()
    for (const now of [0, 10, 999]) {
      const found = await cache.find('a', now, fetchJwks, (error) => failures.push(error))
      expect(found).toEqual({ ok: false, error: { reason: 'keys_unavailable' } })
    }
    expect(state.fetches).toBe(1)
    expect(failures).toHaveLength(1)
    state.down = false
    expect(await cache.find('a', 1_000, fetchJwks)).toMatchObject({ ok: true })
  })
})

describe('fetching keys', () => {
  const answering =
    (body: unknown, status = 200): typeof fetch =>
    async () =>
      Response.json(body, { status })

  it('asks the team domain and takes RSA keys only', async ({ expect }) => {
    const asked: string[] = []
    const fetcher: typeof fetch = async (url) => {
      asked.push(new Request(url).url)
      return Response.json({ keys: [key('a'), { kty: 'EC', kid: 'b' }, { ...key('c'), alg: 'PS256' }, null], public_cert: {} })
    }
    const keys = await createJwksFetcher('https://team.example.com', fetcher)()
    expect(asked).toEqual(['https://team.example.com/cdn-cgi/access/certs'])
    expect(keys.map((one) => one.kid)).toEqual(['a'])
  })

  it('fails on any other status and on another shape', async ({ expect }) => {
    await expect(createJwksFetcher('https://x.example', answering({ keys: [] }, 302))()).rejects.toThrow('302')
    await expect(createJwksFetcher('https://x.example', answering({}))()).rejects.toThrow()
  })
})
