import type { ExpressionError } from './compile.ts'
import { MAX_NESTING, MAX_STEPS, TEXT_READ_PER_STEP, VALUES_PER_STEP } from './constants.ts'

/** Thrown out of an evaluation that went past a bound. */
export class LimitError extends Error {
  readonly code: ExpressionError['code']
  constructor(code: ExpressionError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The work of one evaluation. */
export interface Work {
  steps: number
}

/** Counts steps, fractions too. Throws when there were too many. */
export function charge(work: Work, steps: number): void {
  work.steps += steps
  if (work.steps > MAX_STEPS) throw new LimitError('too_many_steps', `more than ${MAX_STEPS} steps`)
}

/**
 * How far a walk goes. `flat`: elements, through arrays in arrays. `wide`: and the names of the fields of elements. `deep`:
 * everything. A value that occurs twice counts twice, as for whoever reads it.
 */
export type Reach = 'flat' | 'wide' | 'deep'

/** Charges for going through a value, while it goes. Answers how many values there were. */
export function chargeWalk(work: Work, value: unknown, reach: Reach, indent = 0): number {
  const visit = (one: unknown, level: number): number => {
    if (level > MAX_NESTING) throw new LimitError('too_deep', `values nested more than ${MAX_NESTING} deep`)
    charge(work, 1 / VALUES_PER_STEP + (indent * level) / TEXT_READ_PER_STEP)
    if (typeof one === 'string') charge(work, one.length / TEXT_READ_PER_STEP)
    if (one === null || typeof one !== 'object') return 1
    let count = 1
    if (Array.isArray(one)) for (const element of one) count += visit(element, level + 1)
    else if (reach !== 'flat' && !isFunction(one)) {
      for (const name in one) {
        if (!Object.hasOwn(one, name)) continue
        charge(work, 1 / VALUES_PER_STEP + name.length / TEXT_READ_PER_STEP)
        count += reach === 'deep' ? visit((one as Record<string, unknown>)[name], level + 1) : 1
      }
    }
    return count
  }
  return visit(value, 0)
}

/**
 * Refuses a result that would be longer than so many characters of JSON, before it is written: one value in many places is
 * small in memory and may be endless as text. What passes may still be somewhat longer.
 */
export function checkResult(value: unknown, maxLength: number): void {
  let length = 0
  const visit = (one: unknown, level: number): void => {
    if (level > MAX_NESTING) throw new LimitError('too_deep', `values nested more than ${MAX_NESTING} deep`)
    length += typeof one === 'string' ? one.length + 2 : 1
    if (length > maxLength) throw new LimitError('output_too_large', `the result is longer than ${maxLength} characters`)
    if (one === null || typeof one !== 'object') return
    if (isFunction(one)) throw new Error('a function cannot be a result')
    for (const [name, inner] of Object.entries(one)) {
      if (inner === undefined || typeof inner === 'function') continue
      if (!Array.isArray(one)) length += name.length
      visit(inner, level + 1)
    }
  }
  visit(value, 0)
}

/** Functions are values too, with frames and inputs hanging on them; they are never gone through. */
function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value
}
