import { describe, it } from 'vitest'
import { isTransientD1Error, retryD1 } from './retry.ts'

const transient = [
  'D1_ERROR: database is locked: SQLITE_BUSY',
  'D1 DB is overloaded. Requests queued for too long.',
  'Network connection lost.',
  'D1 DB storage operation exceeded timeout which caused object to be reset.',
  'Internal error while starting up D1 DB storage caused object to be reset.',
]

describe('retry of D1', () => {
  it('knows what passes by itself', ({ expect }) => {
    for (const message of transient) expect(isTransientD1Error(new Error(message)), message).toBe(true)
    expect(isTransientD1Error(new Error('wrapped', { cause: new Error('SQLITE_BUSY') }))).toBe(true)
    for (const message of ['UNIQUE constraint failed: audit_log.seq', 'no such table: jobs']) {
      expect(isTransientD1Error(new Error(message)), message).toBe(false)
    }
  })

  it('tries again with growing waits, four times at the most', async ({ expect }) => {
    const waits: number[] = []
    let tries = 0
    const work = async () => {
      tries++
      throw new Error('SQLITE_BUSY')
    }
    await expect(
      retryD1(
        work,
        async (ms) => void waits.push(ms),
        () => 1,
      ),
    ).rejects.toThrow('SQLITE_BUSY')
    expect(tries).toBe(4)
    expect(waits).toEqual([25, 50, 100])
  })

  it('gives an error up at once that will not pass', async ({ expect }) => {
    let tries = 0
    const work = async () => {
      tries++
      throw new Error('no such table')
    }
    await expect(retryD1(work, async () => undefined)).rejects.toThrow('no such table')
    expect(tries).toBe(1)
  })
})
