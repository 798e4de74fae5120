import { describe, it } from 'vitest'
import { BYPASSED_HOSTS, GOOD_ADDRESSES, SSRF_BYPASSES } from '../testing/ssrf-bypasses.ts'
import { isAllowedHost } from './allowed-hosts.ts'
import { checkAddress } from './check-address.ts'
import { guardUrl } from './url-guard.ts'

describe('ways around the guard', () => {
  it('are many, and all different', ({ expect }) => {
    expect(SSRF_BYPASSES.length).toBeGreaterThanOrEqual(200)
    expect(new Set(SSRF_BYPASSES).size).toBe(SSRF_BYPASSES.length)
  })

  for (const address of SSRF_BYPASSES) {
    it(`are closed: ${JSON.stringify(address)}`, ({ expect }) => {
      expect(guardUrl(address, 'production', BYPASSED_HOSTS)).toMatchObject({ ok: false })
    })
  }

  it('are closed when a connector is saved, without asking a resolver', async ({ expect }) => {
    const rules = { environment: 'production' as const, ownHosts: BYPASSED_HOSTS, allowedHosts: [] }
    const fetch = () => Promise.reject(new Error('asked'))
    for (const address of SSRF_BYPASSES) {
      expect(await checkAddress(address, { ...rules, fetch }), address).toMatchObject({ ok: false })
    }
  })

  it('are no hosts that a list lets through, but for what is written down', ({ expect }) => {
    for (const address of SSRF_BYPASSES.filter((one) => URL.canParse(one))) {
      const { hostname } = new URL(address)
      if (hostname.endsWith('example.com')) continue
      expect(isAllowedHost(hostname, 'https://api.example.com', ['*.example.com']), address).toBe(false)
    }
  })

  for (const address of GOOD_ADDRESSES) {
    it(`are not taken for ${address}`, ({ expect }) => {
      expect(guardUrl(address, 'production', BYPASSED_HOSTS)).toMatchObject({ ok: true })
    })
  }
})
