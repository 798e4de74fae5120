import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { readVectors } from './vector.ts'

const line = {
  provider: 'stripe',
  case: 'valid',
  secrets: [],
  url: 'https://x.test/',
  method: 'POST',
  headers: { a: ['1', '2'] },
  body_base64: '',
  now: 1,
  expect: 'accept',
  strength: 'must',
}

function fileOf(...lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'vectors-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'some.jsonl')
  writeFileSync(file, lines.join('\n'))
  return file
}

describe('a file of vectors', () => {
  it('is one object a line; empty lines and unknown fields do not matter', ({ expect }) => {
    const file = fileOf(JSON.stringify({ ...line, note: 'x' }), '', JSON.stringify(line), '')
    expect(readVectors(file)).toEqual([{ ...line, note: 'x' }, line])
  })

  it('is refused with the place of what is wrong', ({ expect }) => {
    expect(() => readVectors(fileOf(JSON.stringify(line), '{'))).toThrow(/some\.jsonl:2 is not JSON/)
    expect(() => readVectors(fileOf(JSON.stringify({ ...line, strength: 'maybe' })))).toThrow(/:1 is no vector: strength/)
    expect(() => readVectors('no-such-file.jsonl')).toThrow(/no-such-file/)
  })
})
