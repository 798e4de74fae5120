import { describe, it } from 'vitest'
import { CliError } from '../cli-error.ts'
import { parseYaml } from './parse.ts'

/** What is said of a file that is refused. */
function refusal(text: string): string[] {
  try {
    parseYaml(text, 'c.yaml')
  } catch (error) {
    if (error instanceof CliError) return [error.message, ...error.lines]
    throw error
  }
  throw new Error('it was accepted')
}

describe('a configuration file', () => {
  it('is YAML 1.2: yes, no and dates are texts', ({ expect }) => {
    expect(parseYaml('a: yes\nb: 2026-01-01\nc: 0o17\nd: true\ne:\nf: 1:30', 'c').value).toEqual({
      a: 'yes',
      b: '2026-01-01',
      c: 15,
      d: true,
      e: null,
      f: '1:30',
    })
  })

  it('may be JSON', ({ expect }) => {
    expect(parseYaml('{"version": 1, "routes": [{"id": "a"}]}', 'c').value).toEqual({ version: 1, routes: [{ id: 'a' }] })
  })

  it('may repeat a part by an anchor', ({ expect }) => {
    expect(parseYaml('a: &x [1]\nb: *x', 'c').value).toEqual({ a: [1], b: [1] })
  })

  it('has a place for what is not YAML', ({ expect }) => {
    expect(refusal('version: 1\nroutes:\n  - id: "a\n')).toEqual([
      'c.yaml cannot be read as YAML or JSON',
      'c.yaml:4:1 Missing closing "quote',
    ])
  })

  it('has no key twice', ({ expect }) => {
    expect(refusal('a: 1\nb: 2\na: 3\n')[1]).toBe('c.yaml:3:1 Map keys must be unique')
  })

  it('has no tags of its own', ({ expect }) => {
    expect(refusal('a: !env SECRET\n')[1]).toContain('c.yaml:1:4 Unresolved tag: !env')
    expect(refusal('a: !!js/function "x"\n')[1]).toContain('Unresolved tag')
  })

  it('is one document', ({ expect }) => {
    expect(refusal('a: 1\n---\nb: 2\n')[1]).toBe('c.yaml:2:1 a second document begins here: it is to be one')
  })

  it('has keys that are texts', ({ expect }) => {
    expect(refusal('? [a, b]\n: 1\n')[1]).toMatch(/^c\.yaml:1:3 /)
  })

  it('has numbers that JSON has too', ({ expect }) => {
    expect(refusal('a: 12345678901234567890\nb: .nan\nc: [-.inf]\n').slice(1)).toEqual([
      'c.yaml:1:4 12345678901234567890 is no number that JSON has',
      'c.yaml:2:4 .nan is no number that JSON has',
      'c.yaml:3:5 -.inf is no number that JSON has',
    ])
  })

  it('is no bomb of aliases', ({ expect }) => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}, *l${i}]`)
    expect(refusal(`l0: &l0 [x]\n${levels.join('\n')}\n`)[1]).toBe('its aliases multiply beyond measure')
  })

  it('is not nested without end, nor in itself', ({ expect }) => {
    expect(refusal(`a: ${'['.repeat(9_000)}${']'.repeat(9_000)}`)[1]).toMatch(/^c\.yaml:1:\d+ it is nested too deeply$/)
    expect(refusal('a: &x\n  b: *x\n')[1]).toBe('a part of it contains itself')
  })

  it('is no larger than control takes it', ({ expect }) => {
    expect(refusal(`a: ${'x'.repeat(6 << 20)}`)[0]).toBe('c.yaml is larger than 5 MiB')
  })

  it('cannot reach the prototype of anything', ({ expect }) => {
    const { value } = parseYaml('__proto__: {polluted: true}\n', 'c')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.keys(value as object)).toEqual(['__proto__'])
  })
})

describe('the place of a field', () => {
  const file = parseYaml(
    [
      'version: 1',
      'base: &base {method: GET}',
      'connectors:',
      '  - id: billing',
      '    baseUrl: http://x',
      '    headers:',
      '      x.y: "1"',
      '    operations:',
      '      - name: get',
      '        <<: 1',
      '      - *base',
      'routes: []',
    ].join('\n'),
    'c.yaml',
  )
  for (const [path, line, column] of [
    ['version', 1, 1],
    ['connectors.0.baseUrl', 5, 5],
    ['connectors.billing.baseUrl', 5, 5],
    ['connectors.0.headers.x.y', 7, 7],
    ['connectors.0.operations.0.name', 9, 9],
    ['connectors.0.operations.get.path', 9, 9],
    ['connectors.0.operations.1.method', 2, 14],
    ['connectors.0.policy', 4, 5],
    ['connectors.7.id', 3, 1],
    ['routes.0.id', 12, 1],
    ['nothing.of.it', 1, 1],
  ] as const) {
    it(`of ${path} is ${line}:${column}`, ({ expect }) => {
      expect(file.locate(path)).toEqual({ line, column })
    })
  }

  it('of the whole is nowhere', ({ expect }) => {
    expect(file.locate('')).toBeUndefined()
  })
})
