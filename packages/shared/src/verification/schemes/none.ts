import { ok } from '../../core/result.ts'
import type { Scheme, Sign, Verification } from '../types.ts'

/** Nothing is proven: the network it comes from was checked before, and is all there is. */
export const none: Scheme<Extract<Verification, { scheme: 'none' }>> = {
  async verify(_, { explain }) {
    explain('This sender proves nothing; only its network counts', true)
    return ok({ scheme: 'none', secret: null, timestamp: null, ageSeconds: null })
  },
  proofHeaders: () => [],
}

export const signNone: Sign<Extract<Verification, { scheme: 'none' }>> = async (_, { url, headers, rawBody }) => ({
  url,
  headers: { ...headers },
  rawBody,
})
