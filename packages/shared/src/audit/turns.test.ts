import { describe, it } from 'vitest'
import { Turns } from './turns.ts'

/** Time that passes only while somebody waits. */
function clock() {
  let now = 0
  return { now: () => now, wait: async (ms: number) => void (now += ms) }
}

describe('taking turns', () => {
  it('lets nobody wait who is alone, and one after another go on', async ({ expect }) => {
    const { now, wait } = clock()
    const turns = new Turns(now)
    const first = await turns.take(() => Promise.reject(new Error('nobody is there')))
    const order: string[] = []
    const second = turns.take(async (ms) => {
      order.push('waits')
      await wait(ms)
      first()
    })
    const back = await second
    order.push('has it')
    expect(order).toEqual(['waits', 'has it'])
    // Given back twice, or late, takes nothing away from the one who has it now.
    first()
    let waited = 0
    await turns.take(async (ms) => {
      if (++waited === 3) back()
      await wait(ms)
    })
    expect(waited).toBe(3)
  })

  it('overtakes one that never gives it back, and waits for nobody for ever', async ({ expect }) => {
    const { now, wait } = clock()
    const turns = new Turns(now)
    await turns.take(wait)
    await turns.take(wait)
    expect(now()).toBe(1_000)
    // Others always come first.
    const start = now()
    await turns.take(async (ms) => {
      await wait(ms)
      await turns.take(async () => wait(1_000))
    })
    expect(now() - start).toBeGreaterThanOrEqual(8_000)
    expect(now() - start).toBeLessThan(10_000)
  })
})
