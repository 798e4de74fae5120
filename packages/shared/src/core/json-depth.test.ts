import { describe, it } from 'vitest'
import { isTooDeep, MAX_JSON_DEPTH } from './json-depth.ts'

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('the depth of a JSON text', () => {
  it('is counted over arrays and objects', ({ expect }) => {
    expect([isTooDeep(nested(MAX_JSON_DEPTH)), isTooDeep(nested(MAX_JSON_DEPTH + 1))]).toEqual([false, true])
    expect(isTooDeep('{"a":'.repeat(200) + '1' + '}'.repeat(200))).toBe(true)
    expect(isTooDeep(`[${'[],'.repeat(1_000)}{}]`, 2)).toBe(false)
  })

  it('does not count brackets in texts, however they are quoted', ({ expect }) => {
    expect(isTooDeep(JSON.stringify({ a: '['.repeat(500), b: '\\"[[[[', c: ['\\'] }), 2)).toBe(false)
    expect(isTooDeep(String.raw`["\\",[[[`, 3)).toBe(true)
    expect(isTooDeep('"never ends [[[[', 1)).toBe(false)
  })
})
