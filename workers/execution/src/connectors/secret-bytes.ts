import { Buffer } from 'node:buffer'
import { spellings } from '@orchestrator/shared/secrets/spellings'
import { REDACTED } from './without-secrets.ts'

/** Takes secrets out of bytes that come in pieces. */
interface Remover {
  /** What can be sent on of a piece, and of what was held back before. */
  push(piece: Uint8Array): Uint8Array<ArrayBuffer>
  /** What was held back, since a secret might have begun there. */
  end(): Uint8Array<ArrayBuffer>
}

/** `withoutSecrets` for bytes of any kind. */
export function bytesWithoutSecrets(bytes: Uint8Array<ArrayBuffer>, secrets: readonly string[]): Uint8Array<ArrayBuffer> {
  const remover = createRemover(secrets)
  if (!remover) return bytes
  const pieces = [remover.push(bytes), remover.end()]
  return new Uint8Array(Buffer.concat(pieces))
}

/** The same for a body on its way: nothing is read ahead, and no more is held back than a secret that may have begun is long. */
export function streamWithoutSecrets(source: ReadableStream<Uint8Array>, secrets: readonly string[]): ReadableStream<Uint8Array> {
  const remover = createRemover(secrets)
  if (!remover) return source
  const reader = source.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const { done, value } = await reader.read()
          const piece = done ? remover.end() : remover.push(value)
          if (piece.byteLength > 0) controller.enqueue(piece)
          if (done) return controller.close()
          if (piece.byteLength > 0) return
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** `undefined` where there is nothing to take out. Bytes are looked at as characters of one byte each. */
function createRemover(secrets: readonly string[]): Remover | undefined {
  const wanted = spellings(secrets).map((spelling) => Buffer.from(spelling).toString('latin1'))
  if (wanted.length === 0) return undefined
  const longest = Math.max(...wanted.map(({ length }) => length))
  /** Those that stand there, as one expression: most texts have none, and looking for each alone is fast. */
  const finder = (text: string): RegExp | undefined => {
    const present = wanted.filter((one) => text.includes(one))
    if (present.length === 0) return undefined
    // Of several that begin at one place, the first is taken: the longest.
    return new RegExp(present.map((one) => one.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g')
  }
  /** Whether all from there on is the beginning of a longer one. */
  const mayGoOn = (text: string, at: number) =>
    wanted.some((one) => one[0] === text[at] && one.length > text.length - at && one.startsWith(text.slice(at)))
  let held = ''
  return {
    push(piece) {
      const text = held + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1')
      const found = finder(text)
      const last = found && [...text.matchAll(found)].findLast(({ index }) => !mayGoOn(text, index))
      let at = Math.max(last ? last.index + last[0].length : 0, text.length - longest + 1)
      while (at < text.length && !mayGoOn(text, at)) at++
      held = text.slice(at)
      return without(text.slice(0, at), found)
    },
    end: () => without(held, finder(held)),
  }
}

/** The bytes that these characters stand for, without what is found. */
function without(text: string, found: RegExp | undefined): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(found ? text.replace(found, REDACTED) : text, 'latin1'))
}
