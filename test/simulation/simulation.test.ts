import { describe, it } from 'vitest'
import { simulate } from './simulate.ts'

/** About 12 s of one core. */
const SEEDS = 250

describe('jobs under attack', () => {
  it(`are never lost, stuck, worked by two or told wrongly, in ${SEEDS} runs`, async ({ expect }) => {
    const violations: string[] = []
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violation } = await simulate(seed)
      if (violation !== undefined) violations.push(`pnpm test:simulation --seed ${seed} --verbose: ${violation}`)
    }
    expect(violations).toEqual([])
  })

  it('go the same way again under the same seed', async ({ expect }) => {
    const traceOf = async (seed: number) => {
      const lines: string[] = []
      await simulate(seed, { log: (line) => lines.push(line) })
      return lines
    }
    const first = await traceOf(7)
    expect(first.length).toBeGreaterThan(100)
    await simulate(8)
    expect(await traceOf(7)).toEqual(first)
  })
})
