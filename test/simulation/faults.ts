import type { Rng } from './random.ts'

/** Probabilities of what goes wrong: of one step, one message or one answer. */
export interface Faults {
  /** Whoever takes a step ends there, before or after it. */
  crash: number
  /** A step takes minutes: longer than deadlines and leases. */
  stall: number
  /** D1 refuses, in words that say that it may work a moment later. */
  d1Busy: number
  /** D1 refuses, in other words. */
  d1Broken: number
  /** D1 does it, and its answer is lost. */
  d1AnswerLost: number
  /** A queue takes nothing, or takes it and says it did not. */
  sendFails: number
  sendAnswerLost: number
  /** What the queue does to one message. */
  messageLost: number
  messageTwice: number
  messageLate: number
  /** A copy of it ends in the dead-letter queue. */
  messageGivenUp: number
  /** Breaker or limiter cannot be asked. */
  objectDown: number
  /** They refuse: a limit is used up, a breaker is open. */
  refused: number
  configDown: number
  /** What upstreams do but answer 200: this share of the calls. */
  upstream: number
}

const WORST: Faults = {
  crash: 0.04,
  stall: 0.15,
  d1Busy: 0.15,
  d1Broken: 0.08,
  d1AnswerLost: 0.1,
  sendFails: 0.3,
  sendAnswerLost: 0.2,
  messageLost: 0.3,
  messageTwice: 0.4,
  messageLate: 0.3,
  messageGivenUp: 0.5,
  objectDown: 0.2,
  refused: 0.5,
  configDown: 0.1,
  upstream: 0.9,
}

/** Nothing goes wrong any more. */
export const CALM = mapFaults(() => 0)

/** Each run leaves some faults out and has others in plenty: together they would hide each other. */
export function drawFaults(rng: Rng): Faults {
  return mapFaults((name) => (rng.chance(0.35) ? 0 : WORST[name] * rng.next()))
}

function mapFaults(of: (name: keyof Faults) => number): Faults {
  return Object.fromEntries((Object.keys(WORST) as (keyof Faults)[]).map((name) => [name, of(name)])) as unknown as Faults
}
