import { describe, it } from 'vitest'
import { flood } from '../flood/flood.ts'

/** Of one provider, in a minute. */
const ROWS_PER_MINUTE = 5

describe('a flood of requests that cannot be verified', () => {
  it('stops no valid webhook, and leaves a few rows', { timeout: 120_000 }, async ({ expect }) => {
    const { during, answers, seconds, rejectedRows, rowsWritten } = await flood({ invalid: 2_000, baseline: 50 })
    // It may see the minute change.
    const mostRows = ROWS_PER_MINUTE * (Math.ceil(seconds / 60) + 1)
    expect(during.sent).toBeGreaterThan(0)
    expect(during.accepted).toBe(during.sent)
    expect(Object.keys(answers).filter((status) => !['401', '404', '429'].includes(status))).toEqual([])
    // One address sent a third of it, and was soon not listened to any more.
    expect(answers['429']).toBeGreaterThan(400)
    expect(rejectedRows).toBeGreaterThan(0)
    expect(rejectedRows).toBeLessThanOrEqual(mostRows)
    expect(rowsWritten).toBeLessThanOrEqual(mostRows)
  })
})
