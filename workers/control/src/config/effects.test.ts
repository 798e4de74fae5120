import type { ConfigContent } from '@orchestrator/shared/config/revision'
import { describe, it } from 'vitest'
import { EXAMPLE_CONTENT } from '../testing/example-config.ts'
import { previewOf } from './effects.ts'

const current = { ...EXAMPLE_CONTENT, revision: 7, publishedAt: 1 }
/** The effects of this in the place of what is in force. */
const effectsOf = (next: Partial<ConfigContent>): string[] => previewOf(current, { ...EXAMPLE_CONTENT, ...next }).effects
const changed = <T extends { id: string }>(items: readonly T[], id: string, changes: Partial<T>): T[] =>
  items.map((one) => (one.id === id ? { ...one, ...changes } : one))
const PINNED = 'Jobs that exist go on under the revision they were made with (7 or before); replayed, they may take the new one.'

describe('the effects of a change', () => {
  const { providers, connectors, operations, clients } = EXAMPLE_CONTENT
  const cases: [string, Partial<ConfigContent>, string[]][] = [
    [
      'on who posts webhooks',
      { providers: changed(providers, 'stripe', { allowedIps: ['203.0.113.0/24'], bodyLimitBytes: 2_000 }) },
      ['/webhooks/stripe: what is posted from now on goes by its bodyLimitBytes, allowedIps as said now.'],
    ],
    [
      'on how a connector is called',
      { connectors: changed(connectors, 'billing', { headers: { 'x-from': 'us' }, egress: { redirects: 1, allowedHosts: [] } }) },
      ['New calls of billing go by its headers, egress as said now.', PINNED],
    ],
    [
      'on a breaker that is reset, for jobs that exist too',
      { connectors: changed(connectors, 'billing', { breakerResetAt: 5 }) },
      ['The breaker of billing begins anew: closed, with nothing seen.'],
    ],
    [
      'on a connector that is resumed, for jobs that exist too',
      {
        connectors: changed(connectors, 'held', { resumedAt: 5 }),
        pauses: EXAMPLE_CONTENT.pauses.filter(({ id }) => id !== 'held'),
      },
      ['What was held of the connector held goes on.'],
    ],
    [
      'on calls of an operation that changes',
      { operations: operations.map((one) => (one.name === 'unused' ? { ...one, path: '/elsewhere' } : one)) },
      ['New calls of billing/unused are made as the operation says now.', PINNED],
    ],
    [
      'on calls of an operation that goes',
      { operations: operations.filter(({ name }) => name !== 'unused') },
      ['The operation billing/unused is gone: /execute and /jobs answer 404 to calls of it.', PINNED],
    ],
    [
      'on what a client may do',
      { clients: changed(clients, 'shop', { rateLimit: { limit: 5, perMs: 1_000, burst: 0 } }) },
      ['The client shop may make 5 requests in 1000 ms.'],
    ],
  ]
  for (const [what, next, effects] of cases) {
    it(`are told ${what}`, ({ expect }) => {
      expect(effectsOf(next)).toEqual(effects)
    })
  }
})
