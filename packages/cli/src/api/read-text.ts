import type { Readable } from 'node:stream'
import { CliError } from '../cli-error.ts'

/** No answer that is kept in memory is longer. */
const MAX_ANSWER_BYTES = 64 * 1_024 * 1_024

/** A whole answer as text. Rejects when it breaks off. */
export async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw new CliError('The answer is longer than any answer of control')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
