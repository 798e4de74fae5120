import { seededRandom } from '@orchestrator/shared/core/seeded-random'

/** Everything random of one run comes from here, so that its seed is all that must be known to see it again. */
export interface Rng {
  /** In [0, 1), like `Math.random`. */
  next: () => number
  /** A whole number from `min` to `max`, both possible. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  shuffled<T>(items: readonly T[]): T[]
}

/** Every seed gives another sequence. */
export function createRng(seed: number): Rng {
  const next = seededRandom(seed)
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (from) => from[int(0, from.length - 1)] as (typeof from)[number],
    shuffled(items) {
      const list = [...items]
      for (let i = list.length - 1; i > 0; i--) {
        const j = int(0, i)
        const [one, other] = [list[i], list[j]]
        list[i] = other as (typeof list)[number]
        list[j] = one as (typeof list)[number]
      }
      return list
    },
  }
}
