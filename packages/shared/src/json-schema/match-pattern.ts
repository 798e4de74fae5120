import { STATES_PER_STEP } from './constants.ts'
import type { Pattern, State } from './pattern.ts'
import { charge, type Work } from './work.ts'

/**
 * Whether a pattern is found in a text. All ways are followed at once, so the time is the length of the text by the number of
 * states at most, and charged for. Throws `TooMuchWork`.
 */
export function matchPattern({ states }: Pattern, text: string, work: Work): boolean {
  const run: Run = { states, seen: new Int32Array(states.length).fill(-1), active: [], entered: 0, matched: false }
  let at = 0
  enter(run, 0, at, text)
  while (at < text.length && !run.matched) {
    const codePoint = text.codePointAt(at)!
    const before = run.active
    charge(work, (1 + before.length + run.entered) / STATES_PER_STEP)
    run.active = []
    run.entered = 0
    at += codePoint > 0xffff ? 2 : 1
    for (const state of before) {
      const one = states[state]
      if (one?.kind === 'char' && one.test(codePoint)) enter(run, state + 1, at, text)
    }
    enter(run, 0, at, text)
  }
  return run.matched
}

interface Run {
  states: readonly State[]
  /** Where in the text each state was entered last: once a place is enough. */
  seen: Int32Array
  /** States that wait for a character. */
  active: number[]
  /** States entered since the last character. */
  entered: number
  matched: boolean
}

/** Enters a state and all that are reached from it without a character. */
function enter(run: Run, first: number, at: number, text: string): void {
  const open = [first]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (run.seen[index] === at) continue
    run.seen[index] = at
    run.entered++
    const state = run.states[index]!
    if (state.kind === 'match') run.matched = true
    else if (state.kind === 'char') run.active.push(index)
    else if (state.kind === 'jump') open.push(state.to)
    else if (state.kind === 'split') open.push(state.to[1], state.to[0])
    else if (state.kind === 'start' ? at === 0 : at === text.length) open.push(index + 1)
  }
}
