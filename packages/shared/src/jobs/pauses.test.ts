import { describe, it } from 'vitest'
import { type Pause, type Provider, provider as contract } from '../contracts/config.ts'
import { concerns, effectivePauses } from './pauses.ts'

const provider = (id: string, paused: boolean): Provider =>
  contract.parse({
    id,
    preset: 'stripe',
    enabled: true,
    paused,
    secret: 'signing',
    bodyLimitBytes: 1_048_576,
    dedupeWindowMs: 60_000,
  })
const JOB = { connector: 'billing', queue: 'webhook', provider: 'stripe' } as const

describe('what is paused', () => {
  it('is what operators hold, and every provider that is paused itself', ({ expect }) => {
    const pauses: Pause[] = [{ kind: 'queue', id: 'low' }]
    const providers = [provider('stripe', true), provider('github', false)]
    expect(effectivePauses({ pauses, providers })).toEqual([
      { kind: 'queue', id: 'low' },
      { kind: 'provider', id: 'stripe' },
    ])
  })

  it('holds the jobs that need it, and no others', ({ expect }) => {
    expect(concerns({ kind: 'provider', id: 'stripe' }, JOB)).toBe(true)
    expect(concerns({ kind: 'connector', id: 'stripe' }, JOB)).toBe(false)
    expect(concerns({ kind: 'provider', id: 'stripe' }, { ...JOB, provider: null })).toBe(false)
  })
})
