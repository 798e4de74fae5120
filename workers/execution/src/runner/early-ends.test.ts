import { describe, it, vi } from 'vitest'
import { consume, messageOf, only, readJob, stack } from '../testing/stack.ts'

const stateOf = async ({ id }: { id: string }) => (await readJob(id)).state

describe('a batch with a group that may not be detached soon', () => {
  it('writes the ends of the others while it waits', async ({ expect }) => {
    const healthy = await stack()
    const patient = await stack()
    const fast = only(await healthy.seed(1))
    const long = only(await patient.seed(1))
    const seen: string[] = []
    const { acked } = await consume([fast, long].map(messageOf), (real) => ({
      timer: (ms, callback) => real.timer(ms / 50, callback),
      async runGroup(group) {
        const answer = await real.runGroup({ ...group, detachAfterMs: 120_000 })
        if (group.jobs.some(({ id }) => id === long.id)) {
          await vi.waitFor(async () => expect(await stateOf(fast)).toBe('succeeded'), { interval: 10, timeout: 1_500 })
          seen.push(await stateOf(long))
        }
        return answer
      },
    }))
    expect([acked, seen, await stateOf(long)]).toEqual([2, ['running'], 'succeeded'])
  })
})
