import type { Rng } from './random.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * The code under test takes clock, timers and randomness as arguments, but for what is deep inside: deadlines and the waits of
 * `retryD1`. For a run those globals are the scheduler's. The answer puts the real ones back.
 */
export function virtualGlobals(scheduler: Scheduler, rng: Rng): () => void {
  const real = { setTimeout, clearTimeout, now: Date.now, random: Math.random }
  const cancels = new Map<number, () => void>()
  let timers = 0
  const set = (callback: () => void, ms = 0): number => {
    const timer = ++timers
    cancels.set(
      timer,
      scheduler.after(ms, () => {
        cancels.delete(timer)
        callback()
      }),
    )
    return timer
  }
  globalThis.setTimeout = set as unknown as typeof setTimeout
  globalThis.clearTimeout = ((timer: number | null) => {
    if (timer !== null) cancels.get(timer)?.()
  }) as typeof clearTimeout
  Date.now = () => scheduler.now
  Math.random = rng.next
  return () => {
    globalThis.setTimeout = real.setTimeout
    globalThis.clearTimeout = real.clearTimeout
    Date.now = real.now
    Math.random = real.random
  }
}
