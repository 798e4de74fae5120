import { assert, asyncProperty } from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Harness, startHarness } from '../load/harness.ts'
import { faultsOf } from './judge.ts'
import { hostileRequest } from './requests.ts'

/**
 * Whatever is posted to `/execute` and `/jobs`: no 500, and every refusal is a problem document that names the field. `pnpm
 * test:fuzz` sends many with a fresh seed, the usual run a few with a fixed one; FUZZ_SEED repeats a run.
 */
const CASES = Number(process.env['FUZZ_CASES'] ?? 600)
const SEED = Number(process.env['FUZZ_SEED'] ?? (CASES > 600 ? Date.now() % 0x7fffffff : 20_261_125))

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({ retry: { maxAttempts: 1 }, circuitBreaker: null })
})
afterAll(async () => harness.stop())

describe(`hostile requests (seed ${SEED}, ${CASES} of them)`, () => {
  it('are answered, or refused by a problem document that names the field', async ({ expect }) => {
    const statuses: Record<string, number> = {}
    const property = asyncProperty(hostileRequest, async (request) => {
      const answer = await harness.ask(request)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      const faults = faultsOf(request, answer)
      if (faults.length > 0) throw new Error(`${faults.join('; ')}\n${answer.status} ${answer.body.slice(0, 500)}`)
    })
    await assert(property, { numRuns: CASES, seed: SEED })
    console.log(`answers by status: ${JSON.stringify(statuses)}`)
    // A run in which nothing passes, or nothing is refused, would prove nothing.
    expect(statuses['400']).toBeGreaterThan(CASES / 10)
    expect((statuses['200'] ?? 0) + (statuses['202'] ?? 0)).toBeGreaterThan(CASES / 20)
  })
})
