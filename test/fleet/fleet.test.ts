import type { Policy } from '@orchestrator/shared/contracts/policy'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import { createRng } from '../simulation/random.ts'
import { Fleet } from './fleet.ts'
import { violations } from './invariants.ts'
import { NO_FAULTS, randomScenario, type Scenario } from './scenario.ts'

/** `FLEET_SEEDS=5000` runs so many, `FLEET_SEED=17` that one alone. */
const SEEDS = Number(process.env['FLEET_SEEDS'] ?? 60)
const ONLY = process.env['FLEET_SEED']

/** Nothing goes wrong. */
const QUIET: Scenario = {
  policy: testPolicy(),
  isolates: 4,
  demandPerSecond: 150,
  demand: 'steady',
  durationMs: 20_000,
  hopMs: [2, 10],
  callMs: [5, 50],
  faults: NO_FAULTS,
  down: [],
  resets: [],
}

describe('a fleet under one policy', () => {
  it('keeps limit + burst, concurrency and the trials of its breaker, whatever is lost, slow, dead or restarted', async ({
    expect,
  }) => {
    const seeds = ONLY === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONLY)]
    const failures: string[] = []
    let made = 0
    for (const seed of seeds) {
      const rng = createRng(seed)
      const scenario = randomScenario(rng)
      const run = await new Fleet(scenario, rng).run()
      made += run.made.length
      for (const violation of violations(scenario, run)) {
        failures.push(`seed ${seed}: ${violation}; again: FLEET_SEED=${seed} npx -y pnpm@12 test --project fleet`)
        if (ONLY !== undefined) console.log(JSON.stringify(scenario, null, 2))
      }
    }
    console.log(`${seeds.length} fleets, ${made} calls, ${failures.length} violations`)
    expect(failures.slice(0, 20)).toEqual([])
    expect(made).toBeGreaterThan(seeds.length)
  })

  for (const [isolates, hopMs] of [
    [1, [1, 3]],
    [4, [1, 3]],
    [4, [5, 20]],
    [16, [5, 20]],
  ] as const) {
    it(`of ${isolates} reaches 95 % of 50/s, with hops of ${hopMs.join('–')} ms`, async ({ expect }) => {
      const rateLimit = { limit: 50, perMs: 1_000, burst: 10, key: null, onUnavailable: 'failClosed' as const }
      const scenario: Scenario = { ...QUIET, policy: testPolicy({ rateLimit, circuitBreaker: null }), isolates, hopMs }
      const run = await new Fleet(scenario, createRng(isolates)).run()
      const share = run.made.length / (50 * 20)
      const perCall = run.hops / (run.made.length + run.refused)
      console.log(
        `${isolates} isolates, hops of ${hopMs.join('–')} ms: ${(share * 100).toFixed(1)} % of 50/s at 150/s, ${perCall.toFixed(2)} hops a call`,
      )
      expect(violations(scenario, run)).toEqual([])
      expect(share).toBeGreaterThanOrEqual(0.95)
    })
  }

  it('waits for no hop while permits are leased and the breaker is closed', async ({ expect }) => {
    const scenario: Scenario = {
      ...QUIET,
      policy: testPolicy({ rateLimit: { limit: 1_000, perMs: 1_000, burst: 1_000, key: null, onUnavailable: 'failClosed' } }),
      demandPerSecond: 300,
    }
    const run = await new Fleet(scenario, createRng(1)).run()
    const share = run.unwaited / run.made.length
    console.log(`${(share * 100).toFixed(1)} % of ${run.made.length} calls waited for no hop; ${run.hops} hops in all`)
    expect(run.refused).toBe(0)
    expect(share).toBeGreaterThan(0.99)
    expect(run.hops / run.made.length).toBeLessThan(0.15)
  })

  it('makes only trials while its upstream is down, and goes on by itself', async ({ expect }) => {
    const down = [2_000, 14_000] as const
    const scenario: Scenario = { ...QUIET, policy: testPolicy(), demandPerSecond: 100, down: [down] }
    const { made } = await new Fleet(scenario, createRng(2)).run()
    const between = (from: number, until: number) => made.filter(({ startedAt }) => from <= startedAt && startedAt < until)
    const meanwhile = between(down[0] + 2_000, down[1])
    expect(meanwhile.length).toBeGreaterThan(0)
    expect(meanwhile.length).toBeLessThanOrEqual(3)
    expect(meanwhile.every(({ trial }) => trial)).toBe(true)
    expect(between(19_000, 20_000).length).toBeGreaterThan(70)
  })

  it('goes on within the age of its configuration once operators reset the breaker', async ({ expect }) => {
    const circuitBreaker = { ...testPolicy().circuitBreaker, openMs: 60_000 } as NonNullable<Policy['circuitBreaker']>
    const policy = testPolicy({ circuitBreaker })
    const scenario: Scenario = { ...QUIET, policy, demandPerSecond: 100, down: [[1_000, 5_000]], resets: [8_000] }
    const { made } = await new Fleet(scenario, createRng(3)).run()
    const between = (from: number, until: number) => made.filter(({ startedAt }) => from <= startedAt && startedAt < until)
    expect(between(4_000, 8_000)).toEqual([])
    expect(between(8_000 + 5_000, 14_000).length).toBeGreaterThan(70)
  })
})
