import { putNewest } from './put-newest.ts'

/** Rows an isolate writes of one kind (a provider) in one minute. What comes beyond is counted, and told by the next row. */
export const ROWS_PER_MINUTE = 5
/** Places for rows of one kind and minute, whichever isolate writes them: a later one on the same place adds to its count. */
export const SLOTS_PER_MINUTE = 20
const MINUTE_MS = 60_000
const MAX_KINDS = 1_000

interface Window {
  minute: number
  written: number
  /** Refusals since the last row. */
  untold: number
}

/** What to write now: `count` refusals, this one included, under the minute they are told in. */
export interface Sample {
  minute: number
  count: number
  slot: number
}

/** Decides which refusals become rows, so that a flood cannot fill the database and is still counted. */
export class RejectionSampler {
  readonly #windows = new Map<string, Window>()

  /** `undefined`: counted, not written. `random` in [0, 1). */
  sample(kind: string, now: number, random: number): Sample | undefined {
    const minute = Math.floor(now / MINUTE_MS)
    const window = this.#windows.get(kind) ?? putNewest(this.#windows, kind, { minute, written: 0, untold: 0 }, MAX_KINDS)
    if (window.minute !== minute) {
      window.minute = minute
      window.written = 0
    }
    window.untold++
    if (window.written >= ROWS_PER_MINUTE) return undefined
    window.written++
    const count = window.untold
    window.untold = 0
    return { minute, count, slot: Math.floor(random * SLOTS_PER_MINUTE) }
  }
}
