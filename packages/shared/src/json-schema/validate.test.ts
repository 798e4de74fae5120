import { describe, it } from 'vitest'
import { checkSchema, validateInput } from './validate.ts'

const order = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'An order',
  type: 'object',
  required: ['id', 'lines'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^ord_[a-z0-9]+$', maxLength: 20 },
    email: { type: 'string', format: 'email' },
    status: { enum: ['open', 'paid', 3] },
    lines: { type: 'array', minItems: 1, maxItems: 3, items: { $ref: '#/$defs/line' } },
    tags: { type: 'array', uniqueItems: true },
    'a/b ~c%': { type: 'integer' },
  },
  $defs: {
    line: {
      type: 'object',
      required: ['sku'],
      properties: { sku: { type: 'string', minLength: 2 }, count: { type: 'integer', minimum: 1, exclusiveMaximum: 10 } },
    },
  },
}
const good = { id: 'ord_1', lines: [{ sku: 'ab', count: 2 }] }

describe('an input', () => {
  it('that meets its schema has no issues', ({ expect }) => {
    expect(checkSchema(order)).toEqual([])
    expect(validateInput(order, good)).toEqual([])
    expect(validateInput(order, { ...good, email: 'a@example.com', status: 3, tags: [1, '1', [1]], 'a/b ~c%': 1 })).toEqual([])
    expect(validateInput({}, undefined)).toEqual([])
  })

  it('that does not is told each field, in a sentence', ({ expect }) => {
    const bad = {
      id: 'ORD',
      email: 'nobody',
      status: 'gone',
      lines: [{ sku: 'x', count: 1.5 }, { count: 10 }, 7],
      tags: [{ a: 1 }, 2, { a: 1 }],
      'a/b ~c%': 'x',
      extra: 1,
    }
    expect(Object.fromEntries(validateInput(order, bad).map(({ path, message }) => [path, message]))).toEqual({
      id: 'must match the pattern ^ord_[a-z0-9]+$',
      email: 'must be a valid email',
      status: 'must be one of open, paid, 3',
      'lines.0.sku': 'must have at least 2 characters',
      'lines.0.count': 'is number, and must be integer',
      'lines.1.sku': 'is missing',
      'lines.1.count': 'must be less than 10',
      'lines.2': 'is number, and must be object',
      tags: 'has the same item at 0 and 2',
      'a/b ~c%': 'is string, and must be integer',
      extra: 'is not a known field',
    })
    expect(validateInput(order, null)).toEqual([{ path: '', message: 'is null, and must be object' }])
    expect(validateInput(order, {})).toEqual([
      { path: 'id', message: 'is missing' },
      { path: 'lines', message: 'is missing' },
    ])
  })

  it('that is of none of several kinds is told so once', ({ expect }) => {
    const either = { properties: { to: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] } } }
    expect(validateInput(either, { to: [1, 2] })).toEqual([
      { path: 'to', message: 'is of none of the kinds that the schema allows' },
    ])
    expect(validateInput({ propertyNames: { pattern: '^[a-z]+$' } }, { B: 1 })).toEqual([
      { path: '', message: 'must not have a field “B”: such names are not allowed' },
    ])
    expect(validateInput({ dependentRequired: { a: ['b'] } }, { a: 1 })).toEqual([
      { path: '', message: 'has “a”, and so must have “b”' },
    ])
    expect(validateInput({ oneOf: [{ type: 'number' }, { minimum: 1 }], not: { const: 5 } }, 5)).toHaveLength(2)
  })
})

describe('a schema that cannot be used', () => {
  const refused: [why: string, schema: unknown, path: string][] = [
    ['is no schema', 'x', ''],
    ['is nothing', undefined, ''],
    ['is of another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }, '$schema'],
    ['has a keyword that is not known', { type: 'object', propertis: {} }, 'propertis'],
    ['has dynamic references', { $dynamicRef: '#x' }, '$dynamicRef'],
    ['has ids inside', { $defs: { a: { $id: 'https://a.example/x' } } }, '$defs.a.$id'],
    ['refers to elsewhere', { $ref: 'https://evil.example/schema.json' }, '$ref'],
    ['refers to nothing', { $ref: '#/$defs/missing' }, '$ref'],
    ['refers to itself', { $ref: '#' }, ''],
    ['goes round in a circle', { $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } } }, ''],
    ['has a type that does not exist', { properties: { a: { type: 'int' } } }, 'properties.a.type'],
    ['has a wrong bound', { minLength: -1 }, 'minLength'],
    ['has a pattern that is none', { pattern: '(' }, 'pattern'],
    ['looks ahead', { items: { pattern: '^(?=a)' } }, 'items.pattern'],
    ['has a pattern of names that may take for ever', { patternProperties: { '^(a+)+$': true } }, 'patternProperties.^(a+)+$'],
    ['has a name with half a character', { properties: { 'a\ud800': true } }, 'properties'],
    ['has such a name elsewhere', { items: { dependentRequired: { '\udc00': ['a'] } } }, 'items.dependentRequired'],
    ['is too long', { description: 'x'.repeat(70_000) }, ''],
  ]
  for (const [why, schema, path] of refused) {
    it(`${why}: it is told so`, ({ expect }) => {
      const issues = checkSchema(schema)
      expect(issues[0]?.path).toBe(path)
      expect(issues[0]?.message.length).toBeGreaterThan(10)
      expect(validateInput(schema, {})[0]?.message).toContain('the schema itself is wrong')
    })
  }

  it('is nested too deep, or has too much in it', ({ expect }) => {
    let deep: object = {}
    for (let i = 0; i < 70; i++) deep = { items: deep }
    expect(checkSchema(deep)[0]?.message).toContain('nested')
    expect(checkSchema({ allOf: Array.from({ length: 2_001 }, () => ({})) })[0]?.message).toContain('more than 2000')
  })
})

describe('the work of a validation', () => {
  const tree = {
    anyOf: [
      { properties: { c: { $ref: '#' } }, required: ['x'] },
      { properties: { c: { $ref: '#' } }, required: ['y'] },
    ],
  }
  let chain: object = {}
  for (let i = 0; i < 60; i++) chain = { c: chain }
  const laughs = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [
      `a${i}`,
      i === 29 ? {} : { allOf: [{ $ref: `#/$defs/a${i + 1}` }, { $ref: `#/$defs/a${i + 1}` }] },
    ]),
  )
  const cases: [string, unknown, unknown][] = [
    ['references that double', { $defs: laughs, $ref: '#/$defs/a0' }, 1],
    ['a tree that is tried twice at each level', tree, chain],
    [
      'many patterns on a long text',
      { allOf: Array.from({ length: 50 }, () => ({ pattern: '(a|aa)+(b|a)*c' })) },
      'a'.repeat(200_000),
    ],
    ['comparing many items', { uniqueItems: true }, Array.from({ length: 20_000 }, (_, i) => i)],
    [
      'a long list of values',
      { items: { enum: Array.from({ length: 5_000 }, (_, i) => i) } },
      Array.from({ length: 50_000 }, () => -1),
    ],
    ['a large input', { items: { items: { type: 'string' } } }, [Array.from({ length: 210_000 }, () => 1)]],
  ]
  for (const [name, schema, input] of cases) {
    it(`is bounded: ${name}`, ({ expect }) => {
      expect(checkSchema(schema)).toEqual([])
      const started = performance.now()
      expect(validateInput(schema, input)).toEqual([{ path: '', message: expect.stringContaining('steps to be checked') }])
      expect(performance.now() - started).toBeLessThan(3_000)
    })
  }

  it('refuses what the validator could not read', ({ expect }) => {
    expect(validateInput({}, 'x'.repeat(1_048_577))[0]?.message).toContain('longer than')
    expect(validateInput({}, { '\ud800': 1 })[0]?.message).toContain('surrogate')
    let deep: object = {}
    for (let i = 0; i < 5_000; i++) deep = { c: deep }
    expect(validateInput({}, deep)[0]?.message).toContain('nested')
    expect(validateInput({ format: 'email' }, `a@${'b'.repeat(5_000)}`)[0]?.message).toBe('must be a valid email')
  })

  it('is counted anew for each input, and a large one that is right passes', ({ expect }) => {
    const schema = {
      type: 'array',
      items: { type: 'object', required: ['id'], properties: { id: { type: 'string', pattern: '^id_\\d+$' } } },
    }
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ id: `id_${i}`, n: i }))
    for (let i = 0; i < 3; i++) expect(validateInput(schema, rows)).toEqual([])
  })
})
