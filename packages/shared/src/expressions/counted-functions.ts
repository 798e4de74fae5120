import { MAX_PICTURE_LENGTH, MAX_SEQUENCE, MAX_TEXT_LENGTH, VALUES_PER_STEP } from './constants.ts'
import { charge, chargeWalk, LimitError, type Reach, type Work } from './work.ts'

type Implementation = (this: unknown, ...args: unknown[]) => unknown

/** A built-in function as JSONata keeps it. */
export interface BuiltIn {
  implementation: Implementation
}

/** What a function costs besides a walk through its arguments. Called before it runs; `values` is how many there were. */
type Cost = (work: Work, args: readonly unknown[], values: number) => void

interface Rule {
  reach: Reach
  cost?: Cost
}

const flat: Rule = { reach: 'flat' }
const wide: Rule = { reach: 'wide' }
const lengthOf = (value: unknown) => (typeof value === 'string' ? value.length : 0)

/** Looking for a text in a text takes at worst the product of both lengths. */
const search: Rule = { reach: 'flat', cost: (work, [text, part]) => charge(work, (lengthOf(text) * lengthOf(part)) / 10_000) }
/** Makes many small pieces of a text. */
const cut: Rule = {
  reach: 'flat',
  cost: (work, args, values) => {
    search.cost?.(work, args, values)
    charge(work, lengthOf(args[0]) / 64)
  },
}
/** `picture` is the place of the argument. */
const pictured = (picture: number): Rule => ({ reach: 'flat', cost: (_work, args) => checkPicture(args[picture]) })
/** A picture becomes a regular expression here, which may try every way of dividing the text among its parts. */
const parsed: Rule = {
  reach: 'flat',
  cost: (work, [text, picture]) => {
    checkPicture(picture)
    if (typeof picture === 'string') charge(work, ways(lengthOf(text), picture.split('[').length - 1) / 500)
  },
}

/** Every built-in function of JSONata 2.2.2, but `eval`, which is refused. */
const RULES: Record<string, Rule> = {
  string: { reach: 'deep', cost: (work, [value, indented]) => indented === true && chargeWalk(work, value, 'deep', 2) },
  clone: { reach: 'deep' },
  distinct: {
    reach: 'deep',
    cost: (work, [list], values) => charge(work, ((Array.isArray(list) ? list.length : 1) * values) / 1_000),
  },
  sort: {
    reach: 'flat',
    cost: (work, [list]) => Array.isArray(list) && charge(work, (list.length * Math.log2(list.length + 1)) / 4),
  },
  keys: wide,
  spread: wide,
  merge: wide,
  each: wide,
  sift: wide,
  contains: search,
  substringBefore: search,
  substringAfter: search,
  replace: cut,
  split: cut,
  pad: { reach: 'flat', cost: (work, [, width]) => charge(work, Math.min(Math.abs(Number(width)) || 0, MAX_TEXT_LENGTH) / 64) },
  formatNumber: {
    reach: 'flat',
    cost: (_work, [value, picture]) => {
      checkPicture(picture)
      // JSON may say 1e400; the exponent of infinity is looked for endlessly.
      if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('$formatNumber needs a finite number')
    },
  },
  formatInteger: pictured(1),
  fromMillis: pictured(1),
  now: pictured(0),
  parseInteger: parsed,
  toMillis: parsed,
}
const PLAIN =
  'sum count max min average substring lowercase uppercase length trim match join formatBase number floor ceil round abs sqrt ' +
  'power random boolean not map zip filter single reduce lookup append exists reverse error assert type shuffle base64encode ' +
  'base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl millis'
for (const name of PLAIN.split(' ')) RULES[name] = flat

/** The functions that are counted. */
export const COUNTED = Object.keys(RULES)

/** A function that charges for what it reads and makes. It looks like the original: JSONata reads its parameters from its text. */
export function countedFunction<T extends BuiltIn>(name: string, original: T, work: Work): T {
  const { implementation } = original
  const { reach, cost } = RULES[name] ?? flat
  const settle = <R>(result: R): R => {
    chargeMade(work, result)
    return result
  }
  const counted: Implementation = function (this: unknown, ...args) {
    charge(work, 1)
    let values = 0
    for (const arg of args) values += chargeWalk(work, arg, reach)
    cost?.(work, args, values)
    const result = implementation.apply(this, args)
    return result instanceof Promise ? result.then(settle) : settle(result)
  }
  Object.defineProperty(counted, 'length', { value: implementation.length })
  Object.defineProperty(counted, 'toString', { value: () => implementation.toString() })
  return { ...original, implementation: counted }
}

/** Charges for a value that was made, and refuses one that is too large. */
export function chargeMade(work: Work, value: unknown): void {
  if (typeof value === 'string' && value.length > MAX_TEXT_LENGTH) {
    throw new LimitError('output_too_large', `a text of more than ${MAX_TEXT_LENGTH} characters`)
  }
  if (!Array.isArray(value)) return
  if (value.length > MAX_SEQUENCE) {
    throw new LimitError('output_too_large', `an array of more than ${MAX_SEQUENCE} elements`)
  }
  charge(work, value.length / VALUES_PER_STEP / 4)
}

/** Pictures are short; a width in one is allocated. */
function checkPicture(picture: unknown): void {
  if (typeof picture !== 'string') return
  if (picture.length > MAX_PICTURE_LENGTH) throw new Error(`a picture has at most ${MAX_PICTURE_LENGTH} characters`)
  if (/[,-]\d{4}/.test(picture.replace(/\s/g, ''))) throw new Error('a width in a picture has at most 3 digits')
}

/** In how many ways a text can be divided among so many parts, at most. */
function ways(length: number, parts: number): number {
  let count = 1
  for (let i = 1; i <= parts && Number.isFinite(count); i++) count = (count * (length + i)) / i
  return count
}
