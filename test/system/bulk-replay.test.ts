import { describe, it } from 'vitest'
import { replayAtScale } from '../replay/at-scale.ts'

/** `pnpm test:replay` sets it. */
const atFullSize = process.env['REPLAY_DEAD_LETTERS']
const COUNT = Number(atFullSize ?? 2_000)
/** What no request may take when nothing else runs on the machine, ms. */
const MAX_REQUEST_MS = 5_000

describe('replaying what an outage left', () => {
  it(
    `${COUNT} dead letters, while people pause and cancel and every Worker is killed: each job succeeds once`,
    { timeout: 180_000 + COUNT * 50 },
    async ({ expect }) => {
      const report = await replayAtScale(COUNT, (line) => console.log(line))
      console.log(report)
      const { planned, first, second, jobs, effects, foreign, doneWhilePaused } = report
      expect(planned).toBe(COUNT)
      expect(jobs).toEqual({ 'succeeded 2': COUNT })
      expect({ effects, foreign }).toEqual({ effects: COUNT, foreign: 0 })
      expect(doneWhilePaused).toBe(0)
      expect([first.status, second.status]).toEqual(['cancelled', 'done'])
      expect(first.done).toBeGreaterThanOrEqual(COUNT * 0.4)
      expect({ done: first.done + second.done, skipped: second.skipped, failed: second.failed }).toEqual({
        done: COUNT,
        skipped: 0,
        failed: 0,
      })
      if (atFullSize) expect(report.slowestMs).toBeLessThan(MAX_REQUEST_MS)
    },
  )
})
