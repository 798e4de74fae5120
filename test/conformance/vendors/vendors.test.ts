import { describe, it } from 'vitest'
import { tampered, vendorCases } from './index.ts'
import type { VendorCase, VendorRequest } from './vendor-case.ts'

function signNow(vendor: VendorCase): Promise<VendorRequest> {
  const url = `https://ingress.example.test/webhooks/${vendor.preset}`
  return vendor.sign({ body: vendor.sampleBody, now: new Date(), url })
}

describe('the cases of the vendors', () => {
  it('name each preset once', ({ expect }) => {
    expect(new Set(vendorCases.map(({ preset }) => preset)).size).toBe(vendorCases.length)
  })

  it('change the body where the scheme covers it', async ({ expect }) => {
    for (const vendor of vendorCases.filter(({ bodyAuthenticated }) => bodyAuthenticated)) {
      const request = await signNow(vendor)
      const changed = tampered(vendor, request)
      expect(changed.headers, vendor.preset).toEqual(request.headers)
      expect(changed.body, vendor.preset).not.toEqual(request.body)
      expect(changed.body.length, vendor.preset).toBe(request.body.length)
    }
  })
})

describe.each(vendorCases)('$package for $preset', (vendor) => {
  it('accepts the request signed just now', async ({ expect }) => {
    expect(await vendor.vendorAccepts(await signNow(vendor))).toBe(true)
  })

  it('refuses it with one character changed that the scheme covers', async ({ expect }) => {
    expect(await vendor.vendorAccepts(tampered(vendor, await signNow(vendor)))).toBe(false)
  })
})

describe.each(vendorCases.filter(({ signsUrl }) => signsUrl))('$package for $preset', (vendor) => {
  it('refuses the request at another address', async ({ expect }) => {
    const request = await signNow(vendor)
    expect(await vendor.vendorAccepts({ ...request, url: `${request.url}/elsewhere` })).toBe(false)
  })
})
