import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Io, Output } from './io.ts'

/** The real world. Questions go to stderr, so that stdout is only the result. */
export function processIo(): Io {
  return {
    env: process.env,
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    canAsk: process.stdin.isTTY && process.stderr.isTTY,
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      const gone = new AbortController()
      // Ctrl-C and Ctrl-D are a no.
      lines.once('close', () => gone.abort())
      lines.once('SIGINT', () => lines.close())
      try {
        return await lines.question(question, { signal: gone.signal })
      } catch {
        return ''
      } finally {
        lines.close()
      }
    },
    readStdin: () => text(process.stdin),
    now: () => Date.now(),
    random: () => Math.random(),
    sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
    onInterrupt(handler) {
      process.on('SIGINT', handler)
      return () => process.off('SIGINT', handler)
    },
  }
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (data) => void stream.write(data),
    drained: async () => {
      if (stream.writableNeedDrain) await once(stream, 'drain')
    },
    isTTY: stream.isTTY,
    get columns() {
      // Some terminals say that they have none.
      return stream.isTTY ? stream.columns || 80 : undefined
    },
  }
}
