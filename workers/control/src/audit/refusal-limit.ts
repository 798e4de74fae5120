import { putNewest } from '@orchestrator/shared/core/put-newest'

/** Refusals of one person, one minute and one isolate that get a row each; the common tests of all routes are fewer. */
export const ROWS_PER_MINUTE = 200
const MINUTE_MS = 60_000
const MAX_PEOPLE = 1_000

interface Window {
  minute: number
  seen: Set<string>
  /** Refusals since the last row that got none. */
  untold: number
}

/**
 * Decides which refusals of known people become rows of the chain: the same thing once a minute, and no more than
 * {@link ROWS_PER_MINUTE} in all, so that nobody can flood the log. What is left out is counted, and told by the person's next row.
 */
export class RefusalLimit {
  readonly #people = new Map<string, Window>()

  /** How many were left out before this one; `undefined`: this one is left out, too. */
  admit(person: string, what: string, now: number): number | undefined {
    const minute = Math.floor(now / MINUTE_MS)
    const window = this.#windowOf(person)
    if (window.minute !== minute) {
      window.minute = minute
      window.seen.clear()
    }
    if (window.seen.has(what) || window.seen.size >= ROWS_PER_MINUTE) {
      window.untold++
      return undefined
    }
    window.seen.add(what)
    const { untold } = window
    window.untold = 0
    return untold
  }

  #windowOf(person: string): Window {
    const known = this.#people.get(person)
    if (known) return known
    return putNewest(this.#people, person, { minute: 0, seen: new Set<string>(), untold: 0 }, MAX_PEOPLE)
  }
}
