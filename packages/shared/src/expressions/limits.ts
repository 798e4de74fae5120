import type jsonata from 'jsonata'
import type { ExpressionError } from './compile.ts'
import { MAX_SEQUENCE, MAX_STEPS, MAX_TEXT_LENGTH } from './constants.ts'

/** JSONata looks these up in its environment before and after each node (`evaluate` in jsonata.js, version 2.2.2). */
const ENTRY = Symbol.for('jsonata.__evaluate_entry')
const EXIT = Symbol.for('jsonata.__evaluate_exit')

/** Thrown out of an evaluation that went past a bound. */
export class LimitError extends Error {
  readonly code: ExpressionError['code']
  constructor(code: ExpressionError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Every environment of one evaluation has the same `base`, so counts of evaluations that overlap stay apart. */
interface Frame {
  base: object
}

/** Makes an expression count its steps and look at the size of what each of them makes. */
export function installLimits(expression: jsonata.Expression): void {
  const steps = new WeakMap<object, number>()
  const { assign } = expression as unknown as { assign: (name: symbol, value: unknown) => void }
  assign(ENTRY, (_node: unknown, _input: unknown, { base }: Frame) => {
    const count = (steps.get(base) ?? 0) + 1
    if (count > MAX_STEPS) throw new LimitError('too_many_steps', `more than ${MAX_STEPS} steps`)
    steps.set(base, count)
  })
  assign(EXIT, (_node: unknown, _input: unknown, _frame: Frame, result: unknown) => {
    if (typeof result === 'string' && result.length > MAX_TEXT_LENGTH) {
      throw new LimitError('output_too_large', `a text of more than ${MAX_TEXT_LENGTH} characters`)
    }
    if (Array.isArray(result) && result.length > MAX_SEQUENCE) {
      throw new LimitError('output_too_large', `an array of more than ${MAX_SEQUENCE} elements`)
    }
  })
}
