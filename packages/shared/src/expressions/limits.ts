import type jsonata from 'jsonata'
import { TEXT_PASSED_PER_STEP } from './constants.ts'
import { type BuiltIn, chargeMade, COUNTED, countedFunction } from './counted-functions.ts'
import { charge, chargeWalk, type Work } from './work.ts'

/** JSONata looks these up in its environment before and after each node (`evaluate` in jsonata.js, version 2.2.2). */
const ENTRY = Symbol.for('jsonata.__evaluate_entry')
const EXIT = Symbol.for('jsonata.__evaluate_exit')

/** These compare their operands, or make them into text, however deep they are. */
const DEEP_OPERATORS = ['=', '!=', 'in', '&']

interface Node {
  type?: string
  value?: unknown
  lhs?: unknown
  rhs?: unknown
}

/** Every environment of one evaluation has the same `base`, so counts of evaluations that overlap stay apart. */
interface Frame {
  base: { bind(name: string, value: unknown): void; lookup(name: string): unknown }
}

/** Makes an expression count its work: its steps, and the size of what each of them reads and makes. */
export function installLimits(expression: jsonata.Expression): void {
  const deep = deepOperands(expression.ast())
  const evaluations = new WeakMap<object, Work>()
  const workOf = ({ base }: Frame): Work => {
    const known = evaluations.get(base)
    if (known) return known
    const work: Work = { steps: 0 }
    evaluations.set(base, work)
    for (const name of COUNTED) base.bind(name, countedFunction(name, base.lookup(name) as BuiltIn, work))
    return work
  }
  const { assign } = expression as unknown as { assign: (name: symbol, value: unknown) => void }
  assign(ENTRY, (node: Node, input: unknown, frame: Frame) => {
    const work = workOf(frame)
    charge(work, 1)
    chargeReading(work, node, input)
  })
  assign(EXIT, (node: Node, _input: unknown, frame: Frame, result: unknown) => {
    const work = workOf(frame)
    if (typeof result === 'string') charge(work, result.length / TEXT_PASSED_PER_STEP)
    chargeMade(work, result)
    if (deep.has(node)) chargeWalk(work, result, 'deep')
    else if (Array.isArray(result) && result.some(Array.isArray)) chargeWalk(work, result, 'flat')
  })
}

/** These go through their input by themselves, without evaluating a node for each value. */
function chargeReading(work: Work, { type }: Node, input: unknown): void {
  if (type === 'descendant') chargeWalk(work, input, 'deep')
  else if (type === 'name' && Array.isArray(input)) chargeWalk(work, input, 'flat')
  else if (type === 'wildcard' && input !== null && typeof input === 'object') {
    const values = Object.values(input)
    charge(work, values.length + values.length ** 2 / 100_000)
    for (const value of values) if (Array.isArray(value)) chargeWalk(work, value, 'flat')
  }
}

function deepOperands(ast: unknown): WeakSet<object> {
  const operands = new WeakSet<object>()
  const seen = new WeakSet<object>()
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object' || seen.has(node)) return
    seen.add(node)
    const { type, value, lhs, rhs } = node as Node
    if (type === 'binary' && DEEP_OPERATORS.includes(String(value))) {
      for (const operand of [lhs, rhs]) if (operand !== null && typeof operand === 'object') operands.add(operand)
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(ast)
  return operands
}
