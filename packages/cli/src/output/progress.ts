import type { Io } from '../io.ts'
import { duration } from './time.ts'

/** Without a terminal a line is printed this often, ms: logs stay readable. */
const LINE_EVERY_MS = 10_000
const BAR_WIDTH = 24
const CLEAR_LINE = '\r\u001B[K'

export interface Progress {
  /** Shows this text in place of the last. */
  show(text: string): void
  /** Takes the line away again; what is printed after stands by itself. */
  clear(): void
}

/** One line on stderr that tells how far it is. `quiet` shows nothing, for `--json`. */
export function createProgress(io: Pick<Io, 'err' | 'now'>, quiet: boolean): Progress {
  let shown = false
  let printedAt = io.now()
  return {
    show(text) {
      if (quiet) return
      if (io.err.isTTY) {
        io.err.write(CLEAR_LINE + text.slice(0, Math.max(20, (io.err.columns ?? 80) - 1)))
        shown = true
      } else if (io.now() - printedAt >= LINE_EVERY_MS) {
        printedAt = io.now()
        io.err.write(`${text}\n`)
      }
    },
    clear() {
      if (shown) io.err.write(CLEAR_LINE)
      shown = false
    },
  }
}

/** `[██████░░░░░░] 50 %  100/200`. With nothing to do it is full. */
export function bar(done: number, total: number): string {
  const part = total <= 0 ? 1 : Math.min(1, done / total)
  const full = Math.floor(part * BAR_WIDTH)
  const percent = String(Math.floor(part * 100)).padStart(3)
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}] ${percent} %  ${done}/${total}`
}

/** How long the rest takes at the pace so far; empty while that cannot be told. */
export function remaining(done: number, total: number, elapsedMs: number): string {
  if (done <= 0 || done >= total || elapsedMs < 1_000) return ''
  return `about ${duration(((total - done) * elapsedMs) / done / 1_000)} left`
}
