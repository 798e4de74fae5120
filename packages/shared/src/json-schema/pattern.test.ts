import { assert, constantFrom, property, string } from 'fast-check'
import { describe, it } from 'vitest'
import { matchPattern } from './match-pattern.ts'
import { parsePattern } from './pattern.ts'

function matches(source: string, text: string): boolean {
  const pattern = parsePattern(source)
  if (!pattern.ok) throw new Error(`${source}: ${pattern.error}`)
  return matchPattern(pattern.value, text, { steps: 0 })
}

const PATTERNS = [
  '^[a-z][a-z0-9-]*[a-z0-9]$',
  '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
  '^(a|ab)(c|bcd)(d*)$',
  'b+',
  '^$',
  '^(?:a?){3}a{3}$',
  '^(a*)*$',
  '^a{2,4}?b{0}$',
  'a|^b|c$',
  '^\\p{L}+$',
  '^\\u0061[\\]x]\\.$',
  '^(?<year>\\d{4})-\\d\\d$',
  '^.$',
  '\\uD83D\\uDE00',
  '^[^]\\x41\\/$',
]

describe('a pattern', () => {
  it('matches what RegExp matches', ({ expect }) => {
    const text = string({ unit: constantFrom('a', 'b', 'c', 'd', '0', '2', '-', '@', '.', '😀', 'é', ']', '/', 'A', '\n') })
    assert(
      property(constantFrom(...PATTERNS), text, (source, value) => {
        expect(matches(source, value)).toBe(new RegExp(source, 'u').test(value))
      }),
      { numRuns: 3_000 },
    )
    const found: [string, string][] = [
      ['^[a-z][a-z0-9-]*[a-z0-9]$', 'a-b-0'],
      ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', 'a.b@c.d.e'],
      ['^(?<year>\\d{4})-\\d\\d$', '2026-11'],
      ['\\uD83D\\uDE00', 'x😀y'],
      ['^(a|ab)(c|bcd)(d*)$', 'abcd'],
    ]
    for (const [source, value] of found) expect(matches(source, value)).toBe(true)
  })

  it('takes time linear in the text where a backtracking engine takes for ever', ({ expect }) => {
    const started = performance.now()
    for (const source of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(.*a){20}$', '^a*a*a*a*a*b$', '^(?:a?){30}a{30}x$']) {
      expect(matches(source, `${'a'.repeat(5_000)}!`), source).toBe(false)
    }
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  it('is refused where an automaton cannot do it, is too large, or is no pattern', ({ expect }) => {
    const refused = ['(a)\\1', '(?<x>a)\\k<x>', '(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b', '\\bx', 'a\\B', '(', '[', 'a{2,1}', '\\-']
    for (const source of refused) expect(parsePattern(source).ok, source).toBe(false)
    for (const source of ['a{3000}', '((a{100}){100}){100}', '(a{1,50}){1,50}', 'x'.repeat(1_001)]) {
      expect(parsePattern(source).ok, source).toBe(false)
    }
    expect(parsePattern('((){1000000}){1000000}').ok).toBe(true)
  })

  it('knows which are simple enough for names', ({ expect }) => {
    const simple = (source: string) => {
      const pattern = parsePattern(source)
      return pattern.ok && pattern.value.simple
    }
    for (const source of ['^x-', '^[a-z]+$', '^(a|b)\\d{3}$', '^x-.*']) expect(simple(source), source).toBe(true)
    for (const source of ['x-', '^(a)+', '^a*b*', '^(ab){2}', '.*x']) expect(simple(source), source).toBe(false)
  })
})
