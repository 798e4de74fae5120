import type { Random } from './ids.ts'

/** `base × 2ⁿ`, no more than `max`; `n` counts from 0. All in ms. */
export function exponential(baseMs: number, maxMs: number, n: number): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(n, 40))
}

/** Full jitter: anywhere in [0, cap]. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export function fullJitter(capMs: number, random: Random): number {
  return Math.round(capMs * random())
}

/** Equal jitter: half of the cap fixed, half random, so that delays still grow. Same source. */
export function equalJitter(capMs: number, random: Random): number {
  return Math.round(capMs / 2 + (capMs / 2) * random())
}
