import { operation as operationContract } from '@orchestrator/shared/contracts/connector'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import type { Target } from '@orchestrator/shared/operations/resolve-target'
import { type Aimed, type GroupingRules, makeGroups } from './make-groups.ts'

const fast: GroupingRules = { paceOf: () => ({ slow: false, inFlight: 0 }), longestAttemptMs: 5_000 }
const slow = (inFlight: number): GroupingRules => ({ ...fast, paceOf: () => ({ slow: true, inFlight }) })

/** Jobs of a connector, by number, under a policy. */
function jobs(connector: string, count: number, policy: Partial<Policy> = {}, method: 'PUT' | 'POST' = 'PUT'): Aimed[] {
  const operation = operationContract.parse({ connector, name: 'set', method, path: '/', body: null })
  const target = { operation, policy: testPolicy(policy) } as unknown as Target
  return Array.from({ length: count }, (_, n) => ({ job: { id: `${connector}${n}`, connector } as ClaimedJob, target }))
}

function grouped(aimed: Aimed[], rules: GroupingRules = fast): string[][] {
  return makeGroups(aimed, rules).groups.map((group) => group.jobs.map(({ id }) => id))
}

const detached = (aimed: Aimed[], rules: GroupingRules) => makeGroups(aimed, rules).groups.map((group) => group.detachAfterMs)

describe('groups of jobs', () => {
  it('have one connector each and no more calls than an invocation may have in flight', ({ expect }) => {
    const mixed = [
      ...jobs('a', 7),
      ...jobs('b', 2),
      ...jobs('a', 1).map(({ target }) => ({ job: { id: 'a7', connector: 'a' }, target })),
    ]
    expect(grouped(mixed as Aimed[])).toEqual([
      ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'],
      ['a6', 'a7'],
      ['b0', 'b1'],
    ])
  })

  it('leave room for hedged calls, where calls may be hedged', ({ expect }) => {
    const hedge = { delayMs: 100, max: 2 }
    expect(grouped(jobs('a', 5, { hedge })).map(({ length }) => length)).toEqual([2, 2, 1])
    expect(grouped(jobs('a', 5, { hedge }, 'POST')).map(({ length }) => length)).toEqual([5])
  })

  it('are detached after two seconds, those of a slow connector at once', ({ expect }) => {
    expect(detached(jobs('a', 7), fast)).toEqual([2_000, 2_000])
    expect(detached(jobs('a', 7), slow(0))).toEqual([0, 0])
  })

  it('are held for as long as their attempts outlast what may run on after an answer', ({ expect }) => {
    const timeout = { perAttemptMs: 30_000, totalMs: 86_400_000 }
    const hedge = { delayMs: 2_000, max: 1 }
    expect(detached(jobs('a', 1, { timeout }), slow(0))).toEqual([10_000])
    expect(detached(jobs('a', 1, { timeout, hedge }), slow(0))).toEqual([12_000])
    const unknown = [{ job: { id: 'a0', connector: 'a' } as ClaimedJob, target: undefined }]
    expect(detached(unknown, { ...fast, longestAttemptMs: 60_000 })).toEqual([40_000])
  })

  it('take no more of a slow connector than it may have in flight', ({ expect }) => {
    const { groups, surplus } = makeGroups(jobs('a', 5), slow(94))
    expect([groups.flatMap((group) => group.jobs).map(({ id }) => id), surplus.map(({ id }) => id)]).toEqual([
      ['a0', 'a1'],
      ['a2', 'a3', 'a4'],
    ])
    expect(makeGroups(jobs('a', 5), slow(200))).toMatchObject({ groups: [], surplus: { length: 5 } })
  })
})
