const NEWLINE = 10
/** The last line of an export is shorter: a count and a signature. */
const KEPT_BYTES = 4_096

export interface Tail {
  readonly bytes: number
  readonly lines: number
  take(chunk: Uint8Array): void
  /** The last line, without its end. */
  last(): string
}

/** Counts what streams by, and remembers its end. */
export function createTail(): Tail {
  let [bytes, lines] = [0, 0]
  let kept = Buffer.alloc(0)
  return {
    get bytes() {
      return bytes
    },
    get lines() {
      return lines
    },
    take(chunk) {
      bytes += chunk.length
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++
      kept = Buffer.from(Buffer.concat([kept, chunk]).subarray(-KEPT_BYTES))
    },
    last() {
      const text = kept.toString('utf8').replace(/\n$/, '')
      return text.slice(text.lastIndexOf('\n') + 1)
    },
  }
}
