import { describe, it } from 'vitest'
import type { Change } from './execution.ts'
import { simulate } from './simulate.ts'

/** Within so many runs each of these must be noticed. */
const SEEDS = 200

/** Consumers that stall are those that others take over from. */
const SLOW = { stall: 0.1, messageTwice: 0.4 }

/** What is done wrong, and what the simulation says of it. */
const SABOTAGES: [string, Change, RegExp][] = [
  [
    'a result that is written whoever holds the job',
    (deps, world) => ({
      finish(shard, items, options) {
        const holder = world.oracle.snapshot.jobs.get(items[0]?.jobId ?? '')?.token
        return deps.finish(shard, items, { ...options, token: holder ?? options.token })
      },
    }),
    /^job_\w+: the holder of \S+ wrote though \S+ holds it$/,
  ],
  [
    'a claim whose clock is an hour ahead',
    (deps) => ({
      claim: (shard, requests, options) => deps.claim(shard, requests, { ...options, now: options.now + 3_600_000 }),
    }),
    /taken over \d+ ms early|claimed \d+ ms before it was due/,
  ],
  [
    'a key that is new for every call',
    (deps) => ({
      call: (call, config) => deps.call({ ...call, idempotencyKey: `${call.idempotencyKey}-${deps.newToken()}` }, config),
    }),
    /the upstream acted under/,
  ],
  [
    'a turn that outlasts its lease',
    (deps) => ({ call: (call, config) => deps.call({ ...call, attemptMs: call.attemptMs + 30_000 }, config) }),
    /may be called until \d+ ms after its lease/,
  ],
  [
    'a success without a result',
    (deps) => ({
      finish: (shard, items, options) =>
        deps.finish(
          shard,
          items.map((item) => ({ ...item, result: null })),
          options,
        ),
    }),
    /succeeded with result null/,
  ],
]

describe('the simulation', () => {
  for (const [name, change, told] of SABOTAGES) {
    it(`notices ${name}`, async ({ expect }) => {
      let violation: string | undefined
      for (let seed = 1; seed <= SEEDS && violation === undefined; seed++)
        ({ violation } = await simulate(seed, { change, faults: SLOW }))
      expect(violation).toMatch(told)
    })
  }
})
