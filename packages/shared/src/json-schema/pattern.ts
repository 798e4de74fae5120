import { errorMessage } from '../core/errors.ts'
import { err, ok, type Result } from '../core/result.ts'
import { MAX_PATTERN_LENGTH, MAX_PATTERN_STATES } from './constants.ts'

/** One state of a pattern's automaton. `split` goes on at both places without taking a character. */
export type State =
  | { kind: 'char'; test: (codePoint: number) => boolean }
  | { kind: 'split'; to: readonly [number, number] }
  | { kind: 'jump'; to: number }
  | { kind: 'start' | 'end' | 'match' }

export interface Pattern {
  states: readonly State[]
  /** Whether a backtracking engine is fast on it too: anchored, and at most one repetition of variable length, of a single character. */
  simple: boolean
}

type Node =
  | { kind: 'char'; test: (codePoint: number) => boolean }
  | { kind: 'start' | 'end' }
  | { kind: 'sequence'; nodes: Node[] }
  | { kind: 'choice'; nodes: Node[] }
  | { kind: 'repeat'; node: Node; min: number; max: number }

/** Thrown with a sentence for whoever wrote the pattern. */
class PatternError extends Error {}

/**
 * Reads a regular expression (as `new RegExp(…, 'u')` would) into an automaton, which matches in time linear in the text: a
 * backtracking engine may take for ever. Refused is what no automaton can do or nobody needs here: back references, looking
 * ahead or behind, and word boundaries.
 */
export function parsePattern(source: string): Result<Pattern, string> {
  if (source.length > MAX_PATTERN_LENGTH) return err(`a pattern has at most ${MAX_PATTERN_LENGTH} characters`)
  try {
    RegExp(source, 'u')
  } catch (error) {
    return err(errorMessage(error))
  }
  try {
    const reader = new Reader(source)
    const states: State[] = []
    emit(reader.choice(), states)
    add(states, { kind: 'match' })
    return ok({ states, simple: source.startsWith('^') && reader.variable <= 1 && !reader.repeatsGroup })
  } catch (error) {
    if (error instanceof PatternError) return err(error.message)
    throw error
  }
}

/** Only reads what `RegExp` has taken already, so it does not look for mistakes. */
class Reader {
  /** Repetitions of variable length. */
  variable = 0
  repeatsGroup = false
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  choice(): Node {
    const nodes = [this.#sequence()]
    while (this.#take('|')) nodes.push(this.#sequence())
    return nodes.length === 1 ? nodes[0]! : { kind: 'choice', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at]!)) nodes.push(this.#repeated())
    return { kind: 'sequence', nodes }
  }

  #repeated(): Node {
    const isGroup = this.#source[this.#at] === '('
    const node = this.#atom()
    const rest = this.#source.slice(this.#at)
    const [text, sign, from, comma, to] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(rest) ?? []
    if (text === undefined) return node
    this.#at += text.length
    const [min, max] = bounds(sign, from, comma, to)
    if (min !== max) this.variable++
    if (isGroup) this.repeatsGroup = true
    return { kind: 'repeat', node, min, max }
  }

  #atom(): Node {
    if (this.#take('^')) return { kind: 'start' }
    if (this.#take('$')) return { kind: 'end' }
    if (this.#take('(')) return this.#group()
    const [text = ''] = ATOM.exec(this.#source.slice(this.#at)) ?? []
    if (/^\\[1-9k]/.test(text)) throw new PatternError('back references are not available')
    if (/^\\[bB]/.test(text)) throw new PatternError('word boundaries are not available')
    this.#at += text.length
    return { kind: 'char', test: testOf(text) }
  }

  #group(): Node {
    const [opening] = /^(?:\?:|\?<[^=!>][^>]*>)/.exec(this.#source.slice(this.#at)) ?? []
    if (opening === undefined && this.#source[this.#at] === '?')
      throw new PatternError('looking ahead or behind is not available')
    this.#at += opening?.length ?? 0
    const inner = this.choice()
    this.#at++
    return inner
  }

  #take(char: string): boolean {
    if (this.#source[this.#at] !== char) return false
    this.#at++
    return true
  }
}

/** One character, class or escape, as long as it is. A surrogate pair written as two escapes is one character. */
const ATOM =
  /^(?:\[(?:\\[^]|[^\]\\])*\]|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u\{[^}]*\}|\\u....|\\x..|\\[pP]\{[^}]*\}|\\c.|\\.|[^])/u

function bounds(sign: string | undefined, from = '0', comma = '', to = ''): [number, number] {
  if (sign === '*') return [0, Infinity]
  if (sign === '+') return [1, Infinity]
  if (sign === '?') return [0, 1]
  const min = Number(from)
  return [min, comma === '' ? min : to === '' ? Infinity : Number(to)]
}

/** A test of one code point: what a character class means is left to the engine, ASCII is looked up. */
function testOf(atom: string): (codePoint: number) => boolean {
  const regex = new RegExp(`^${atom}$`, 'u')
  const test = (codePoint: number) => regex.test(String.fromCodePoint(codePoint))
  const ascii = Array.from({ length: 128 }, (_, code) => test(code))
  return (codePoint) => ascii[codePoint] ?? test(codePoint)
}

function add(states: State[], state: State): number {
  if (states.length >= MAX_PATTERN_STATES) {
    throw new PatternError(
      `the pattern is too large: with its repetitions written out it has more than ${MAX_PATTERN_STATES} parts`,
    )
  }
  return states.push(state) - 1
}

/** Writes the states of a node; what comes after it is written behind (Thompson's construction). */
function emit(node: Node, states: State[]): void {
  switch (node.kind) {
    case 'sequence':
      for (const one of node.nodes) emit(one, states)
      return
    case 'choice':
      return emitChoice(node.nodes, states)
    case 'repeat':
      return emitRepeat(node, states)
    default:
      add(states, node)
  }
}

function emitChoice(nodes: readonly Node[], states: State[]): void {
  const jumps: number[] = []
  for (const [i, node] of nodes.entries()) {
    const last = i === nodes.length - 1
    const split = last ? -1 : add(states, { kind: 'match' })
    emit(node, states)
    if (last) continue
    jumps.push(add(states, { kind: 'match' }))
    states[split] = { kind: 'split', to: [split + 1, states.length] }
  }
  for (const jump of jumps) states[jump] = { kind: 'jump', to: states.length }
}

function emitRepeat({ node, min, max }: Extract<Node, { kind: 'repeat' }>, states: State[]): void {
  const before = states.length
  for (let i = 0; i < min; i++) {
    emit(node, states)
    // What takes nothing takes it as often as one likes.
    if (states.length === before) break
  }
  if (max === Infinity) {
    const split = add(states, { kind: 'match' })
    emit(node, states)
    add(states, { kind: 'jump', to: split })
    states[split] = { kind: 'split', to: [split + 1, states.length] }
    return
  }
  const splits: number[] = []
  for (let i = min; i < max; i++) {
    splits.push(add(states, { kind: 'match' }))
    emit(node, states)
  }
  for (const split of splits) states[split] = { kind: 'split', to: [split + 1, states.length] }
}
