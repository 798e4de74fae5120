import { describe, it } from 'vitest'
import {
  createKeyFetcher,
  DEFAULT_FRESH_MS,
  FAILURE_PAUSE_MS,
  KeyCache,
  MAX_ASKED_PER_MINUTE,
  MAX_FRESH_MS,
  MAX_KEY_BYTES,
  REFRESH_PAUSE_MS,
} from './key-fetcher.ts'

const URL_OF_KEYS = 'https://keys.example.com/jwks'

function setup(answer: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const calls: { url: string; init: RequestInit }[] = []
  const failures: string[] = []
  const clock = { now: 1_000_000 }
  const fetchKey = createKeyFetcher(new KeyCache(), {
    fetch: async (url, init) => {
      calls.push({ url, init })
      return answer(url, init)
    },
    now: () => clock.now,
    onFailure: (url, error) => failures.push(`${url}: ${String(error)}`),
  })
  return { fetchKey, calls, failures, clock }
}
const text = (body: string, cacheControl?: string) =>
  new Response(body, { headers: cacheControl === undefined ? {} : { 'cache-control': cacheControl } })

describe('fetching a key', () => {
  it('asks once while it is fresh, and refuses redirects by itself', async ({ expect }) => {
    const { fetchKey, calls, clock } = setup(() => text('{"keys":[]}'))
    expect(await fetchKey({ url: URL_OF_KEYS })).toBe('{"keys":[]}')
    clock.now += DEFAULT_FRESH_MS - 1
    expect(await fetchKey({ url: URL_OF_KEYS })).toBe('{"keys":[]}')
    expect(calls).toHaveLength(1)
    expect(calls[0]?.init).toMatchObject({ method: 'GET', redirect: 'manual' })
    clock.now += 1
    await fetchKey({ url: URL_OF_KEYS })
    expect(calls).toHaveLength(2)
  })

  it('keeps an answer as long as the sender says, an hour at most', async ({ expect }) => {
    for (const [cacheControl, ms] of [
      ['public, max-age=60', 60_000],
      ['max-age=999999', MAX_FRESH_MS],
      ['s-maxage=9', DEFAULT_FRESH_MS],
      ['no-store', FAILURE_PAUSE_MS],
      ['max-age=0', FAILURE_PAUSE_MS],
    ] as const) {
      const { fetchKey, calls, clock } = setup(() => text('key', cacheControl))
      await fetchKey({ url: URL_OF_KEYS })
      clock.now += ms - 1
      await fetchKey({ url: URL_OF_KEYS })
      expect(calls, cacheControl).toHaveLength(1)
      clock.now += 1
      await fetchKey({ url: URL_OF_KEYS })
      expect(calls, cacheControl).toHaveLength(2)
    }
  })

  it('asks nothing but public https addresses', async ({ expect }) => {
    const { fetchKey, calls } = setup(() => text('key'))
    for (const url of [
      'http://keys.example.com/',
      'https://127.0.0.1/',
      'https://localhost/',
      'https://169.254.169.254/latest',
      'https://user:pass@keys.example.com/',
      'nonsense',
      'file:///etc/passwd',
    ]) {
      expect(await fetchKey({ url }), url).toBeUndefined()
    }
    expect(calls).toHaveLength(0)
  })

  it('takes a whole 200 and nothing else', async ({ expect }) => {
    const answers: Record<string, () => Response> = {
      redirect: () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example.com/' } }),
      failing: () => new Response('no', { status: 503 }),
      broken: () => {
        throw new Error('no route to host')
      },
      long: () => text('x'.repeat(MAX_KEY_BYTES + 1)),
      binary: () => new Response(Uint8Array.of(0xff, 0xfe)),
    }
    for (const [name, answer] of Object.entries(answers)) {
      const { fetchKey, failures } = setup(answer)
      expect(await fetchKey({ url: URL_OF_KEYS }), name).toBeUndefined()
      expect(failures, name).toHaveLength(1)
    }
    const { fetchKey } = setup(() => text('x'.repeat(MAX_KEY_BYTES)))
    expect(await fetchKey({ url: URL_OF_KEYS })).toHaveLength(MAX_KEY_BYTES)
  })

  it('leaves a sender that fails alone for some seconds, and then goes on with what it had', async ({ expect }) => {
    let broken = false
    const { fetchKey, calls, clock } = setup(() => (broken ? new Response('', { status: 500 }) : text('key', 'max-age=60')))
    await fetchKey({ url: URL_OF_KEYS })
    broken = true
    clock.now += 60_000
    expect(await fetchKey({ url: URL_OF_KEYS })).toBe('key')
    clock.now += FAILURE_PAUSE_MS - 1
    expect(await fetchKey({ url: URL_OF_KEYS })).toBe('key')
    expect(calls).toHaveLength(2)
    clock.now += MAX_FRESH_MS
    expect(await fetchKey({ url: URL_OF_KEYS })).toBeUndefined()
    expect(await fetchKey({ url: URL_OF_KEYS })).toBeUndefined()
    expect(calls).toHaveLength(3)
    broken = false
    clock.now += FAILURE_PAUSE_MS
    expect(await fetchKey({ url: URL_OF_KEYS })).toBe('key')
  })

  it('tells that there is no such key where the sender says so, and asks again a little later', async ({ expect }) => {
    for (const status of [400, 404, 410]) {
      const { fetchKey, calls, failures, clock } = setup(() => new Response('', { status }))
      expect(await fetchKey({ url: URL_OF_KEYS })).toBeNull()
      expect(await fetchKey({ url: URL_OF_KEYS })).toBeNull()
      expect(calls).toHaveLength(1)
      expect(failures).toHaveLength(0)
      clock.now += FAILURE_PAUSE_MS
      await fetchKey({ url: URL_OF_KEYS })
      expect(calls).toHaveLength(2)
    }
  })

  it('asks anew for a key that the answer at hand lacks, but not at the pleasure of strangers', async ({ expect }) => {
    const { fetchKey, calls, clock } = setup(() => text(`answer ${calls.length}`))
    await fetchKey({ url: URL_OF_KEYS })
    expect(await fetchKey({ url: URL_OF_KEYS, fresh: true })).toBe('answer 1')
    clock.now += REFRESH_PAUSE_MS
    expect(await fetchKey({ url: URL_OF_KEYS, fresh: true })).toBe('answer 2')
    expect(await fetchKey({ url: URL_OF_KEYS, fresh: true })).toBe('answer 2')
  })

  it('asks one sender sixty times a minute at most, whichever of its hosts is named', async ({ expect }) => {
    const { fetchKey, calls, clock } = setup(() => text('key'))
    for (let i = 0; i <= MAX_ASKED_PER_MINUTE; i++) await fetchKey({ url: `https://host-${i}.example.com/jwks` })
    expect(calls).toHaveLength(MAX_ASKED_PER_MINUTE)
    expect(await fetchKey({ url: URL_OF_KEYS })).toBeUndefined()
    expect(await fetchKey({ url: 'https://keys.example.net/' })).toBe('key')
    clock.now += 60_000
    expect(await fetchKey({ url: `${URL_OF_KEYS}/${MAX_ASKED_PER_MINUTE}` })).toBe('key')
  })

  it('keeps a key that is one, however many are named that are none', async ({ expect }) => {
    const { fetchKey, calls } = setup((url) => (url === URL_OF_KEYS ? text('key') : new Response('', { status: 404 })))
    await fetchKey({ url: URL_OF_KEYS })
    for (let i = 0; i < 200; i++) await fetchKey({ url: `${URL_OF_KEYS}/${i}` })
    expect(calls).toHaveLength(MAX_ASKED_PER_MINUTE)
    expect(await fetchKey({ url: URL_OF_KEYS })).toBe('key')
  })

  it('posts a body as JSON, keeps answers to different bodies apart, and never tells what was posted', async ({ expect }) => {
    const { fetchKey, calls, failures } = setup((_, init) =>
      init.body === '{"id":1}' ? text('one') : new Response('', { status: 403 }),
    )
    expect(await fetchKey({ url: URL_OF_KEYS, body: '{"id":1}' })).toBe('one')
    expect(await fetchKey({ url: URL_OF_KEYS, body: '{"id":2}' })).toBeUndefined()
    expect(calls[0]?.init).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } })
    expect(failures.join()).not.toContain('{"id"')
  })

  it('holds a hundred keys at most: the oldest make room', async ({ expect }) => {
    const { fetchKey, calls } = setup(() => text('key'))
    for (let i = 0; i <= 100; i++) await fetchKey({ url: `https://keys-${i}.net/` })
    await fetchKey({ url: 'https://keys-100.net/' })
    expect(calls).toHaveLength(101)
    await fetchKey({ url: 'https://keys-0.net/' })
    expect(calls).toHaveLength(102)
  })
})
