import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { describe, it } from 'vitest'
import { env } from '../testing/stack.ts'

const fast = { limit: 50, perMs: 1_000, burst: 10 }
const slow = { limit: 1, perMs: 60_000, burst: 3 }

function limiter() {
  return env.RATE_LIMITER.get(env.RATE_LIMITER.idFromName(crypto.randomUUID()))
}

describe('a limiter', () => {
  it('that was evicted is empty first where permits come fast, and exact where they are dear', async ({ expect }) => {
    const [one, other] = [limiter(), limiter()]
    expect((await one.acquire(fast, 3)).permits).toBe(3)
    expect((await other.acquire(slow, 2)).permits).toBe(2)
    await Promise.all([evictDurableObject(one), evictDurableObject(other)])
    expect((await one.acquire(fast, 9)).permits).toBeLessThanOrEqual(1)
    expect(await other.acquire(slow, 9)).toMatchObject({ permits: 1, remaining: 0 })
  })

  it('keeps its places over an eviction, and gives them up when they expire or are left', async ({ expect }) => {
    const one = limiter()
    const enter = (id: string, ttlMs: number) => one.enter({ limit: 2 }, id, ttlMs)
    expect([await enter('a', 60_000), await enter('b', 1)]).toEqual([{ entered: true }, { entered: true }])
    await evictDurableObject(one)
    expect(await enter('c', 60_000)).toEqual({ entered: true })
    expect(await enter('d', 60_000)).toEqual({ entered: false })
    await one.leave(['a', 'unknown'])
    await evictDurableObject(one)
    expect(await enter('d', 60_000)).toEqual({ entered: true })
    expect(await enter('e', 60_000)).toEqual({ entered: false })
  })

  it('is forgotten once it is as if it had never been, not before', async ({ expect }) => {
    const one = limiter()
    await one.acquire(slow, 3)
    expect(await runDurableObjectAlarm(one)).toBe(true)
    expect((await one.acquire(slow, 1)).permits).toBe(0)
    const other = limiter()
    await other.enter({ limit: 1 }, 'a', 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await runDurableObjectAlarm(other)).toBe(true)
    expect(await runDurableObjectAlarm(other)).toBe(false)
    expect(await other.enter({ limit: 1 }, 'b', 1_000)).toEqual({ entered: true })
  })
})
