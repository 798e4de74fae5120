import { createReadStream } from 'node:fs'

/** No row is longer; a file that has no line ends is not read into memory whole. */
const MAX_LINE_LENGTH = 16 * 1_024 * 1_024

/**
 * The lines of a file without their ends: only `\n` ends one, and what follows the last one is a line too, so that nothing of the
 * file is left out of a check. `onRead` hears how many bytes were read so far.
 */
export async function* readLines(file: string, onRead: (bytes: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let [rest, bytes] = ['', 0]
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    onRead(bytes)
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length <= MAX_LINE_LENGTH) continue
    yield rest
    rest = ''
  }
  yield rest + decoder.decode()
}
