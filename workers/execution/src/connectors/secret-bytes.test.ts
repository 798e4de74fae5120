import { describe, it } from 'vitest'
import { bytesWithoutSecrets, streamWithoutSecrets } from './secret-bytes.ts'

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const textOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

/** A body that comes in pieces of so many bytes. */
function inPieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = bytesOf(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close()
      controller.enqueue(bytes.slice(at, (at += size)))
    },
  })
}

async function streamed(text: string, size: number, secrets: string[]): Promise<string> {
  return textOf(new Uint8Array(await new Response(streamWithoutSecrets(inPieces(text, size), secrets)).arrayBuffer()))
}

describe('secrets in bytes', () => {
  const secrets = ['s3cret/värde', 'Bearer s3cret/värde', 'abab', 'ababac', 'a+b.c*']
  const spelled = textOf(new TextEncoder().encode('Bearer s3cret/värde'))
  const cases: [text: string, without: string][] = [
    ['\xff\x00s3cret%2Fv%C3%A4rde\xfe', '\xff\x00[redacted]\xfe'],
    [`<${spelled}> ${spelled.slice(7)}`, '<[redacted]> [redacted]'],
    [spelled.slice(0, -1), spelled.slice(0, -1)],
    ['abababac abaab ababac', '[redacted]abac abaab [redacted]'],
    ['abab', '[redacted]'],
    ['xaba', 'xaba'],
    ['a+b.c* aab.c', '[redacted] aab.c'],
    ['', ''],
  ]

  it('are taken out, however they are spelled and wherever a piece ends', async ({ expect }) => {
    for (const [text, without] of cases) {
      expect(textOf(bytesWithoutSecrets(bytesOf(text), secrets))).toBe(without)
      for (const size of [1, 2, 3, 5, 8, 100])
        expect([text, size, await streamed(text, size, secrets)]).toEqual([text, size, without])
    }
  })

  it('that are none, or too short to be told from anything else, leave a body as it is', ({ expect }) => {
    const bytes = bytesOf('abc')
    const stream = inPieces('abc', 1)
    expect(bytesWithoutSecrets(bytes, ['abc'])).toBe(bytes)
    expect(streamWithoutSecrets(stream, [])).toBe(stream)
  })

  it('hold nothing back that cannot be one, and a body that is given up is given up at its source', async ({ expect }) => {
    const cancelled: unknown[] = []
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytesOf('plain ab')),
      cancel: (reason) => void cancelled.push(reason),
    })
    const reader = streamWithoutSecrets(source, secrets).getReader()
    expect(textOf((await reader.read()).value ?? bytesOf(''))).toBe('plain ')
    expect(textOf((await reader.read()).value ?? bytesOf(''))).toBe('abplain ')
    await reader.cancel('enough')
    expect(cancelled).toEqual(['enough'])
  })
})
