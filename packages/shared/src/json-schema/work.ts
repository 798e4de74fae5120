import { MAX_STEPS } from './constants.ts'

/** Thrown out of a validation that would take too long. */
export class TooMuchWork extends Error {
  override name = 'TooMuchWork'
}

/** The work of one validation. */
export interface Work {
  steps: number
}

/** Counts steps, fractions too. */
export function charge(work: Work, steps: number): void {
  work.steps += steps
  if (work.steps > MAX_STEPS) throw new TooMuchWork(`more than ${MAX_STEPS} steps`)
}
