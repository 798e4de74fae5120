import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import { createRng } from '../simulation/random.ts'
import { Fleet } from './fleet.ts'
import { violations } from './invariants.ts'
import { NO_FAULTS, randomScenario, type Scenario } from './scenario.ts'

/** `FLEET_SEEDS=5000` runs so many, `FLEET_SEED=17` that one alone. */
const SEEDS = Number(process.env['FLEET_SEEDS'] ?? 60)
const ONLY = process.env['FLEET_SEED']

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
      const scenario: Scenario = {
        policy: testPolicy({
          rateLimit: { limit: 50, perMs: 1_000, burst: 10, key: null, onUnavailable: 'failClosed' },
          circuitBreaker: null,
        }),
        isolates,
        demandPerSecond: 150,
        demand: 'steady',
        durationMs: 20_000,
        hopMs,
        callMs: [5, 50],
        faults: NO_FAULTS,
        down: [],
      }
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
})
