import { describe, it } from 'vitest'
import { BYPASSED_HOSTS, GOOD_ADDRESSES, SSRF_BYPASSES } from '../testing/ssrf-bypasses.ts'
import { guardUrl } from './url-guard.ts'

describe('ways around the guard, with the URL parser of the platform', () => {
  it('are closed, and nothing else is', ({ expect }) => {
    const passes = (address: string) => guardUrl(address, 'production', BYPASSED_HOSTS).ok
    expect(SSRF_BYPASSES.filter(passes)).toEqual([])
    expect(GOOD_ADDRESSES.filter((address) => !passes(address))).toEqual([])
  })
})
