import { describe, it } from 'vitest'
import { evaluateExpression } from './evaluate.ts'
import { charge, chargeWalk, type Work } from './work.ts'

const items = Array.from({ length: 9_000 }, (_, i) => ({ id: `id_${i}`, n: i, o: { a: [1, 2] } }))
/** Nearly 1 MiB, with something for everybody. */
const large = {
  data: { object: { id: 'sub_1', status: 'active' } },
  items,
  text: 'a'.repeat(400_000),
  ones: Array.from({ length: 9_900 }, () => 1),
  nested: [[Array.from({ length: 9_000 }, () => 0)]],
  keyed: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, [1]])),
}
const doubled = (grow: string, start: string) => `$reduce([1..60], function($a, $v) { ${grow} }, ${start})`
const fields = doubled('{"a": $a, "b": $a}', '{}')
const arrays = doubled('[[$a], [$a]]', '[0]')
const often = (body: string) => `$count($map([1..9999], function($v) { ${body} }))`

describe('the work of an expression on a large input', () => {
  const refused: Record<string, string[]> = {
    too_many_steps: [
      '$count($map([1..40], function($v) { $length($string($$)) }))',
      often('$length($string($$))'),
      often('$length(text & $v)'),
      often('$count($$ & "")'),
      often('$$ = $$'),
      often('text < text'),
      often('$count($sort(ones))'),
      often('$length($replace(text, "a", "b"))'),
      often('$contains(text, $substring(text, 0, 100000) & "b")'),
      often('$length($pad("", 1000000))'),
      often('$count($keys(items))'),
      often('$count(nested.x)'),
      often('$count(keyed.*)'),
      often('1 in ones'),
      often('$length($uppercase(text))'),
      '$count($map([1..9999], $append(?, ones)))',
      '$count(items^(>n, id))',
      '$count($map([1..40], function($v) { $ ~> |items|{"x": $v}| }))',
      '$count($map(items, function($v) { $count($filter(items, function($w) { $w.n = $v.n })) }))',
      '($f := function($x) { $x($x) }; $f($f))',
      '$distinct(items)',
      `$string(${fields})`,
      `(${fields} = ${fields})`,
      `$boolean(${arrays})`,
      `$toMillis("${'1'.repeat(60)}x", "[Y]1[M]1[D]1[H]1[m]1[s]1[f]")`,
    ],
    output_too_large: [fields],
    failed: ['$fromMillis(0, "[Y,9999999]")', '$fromMillis(0, "[Y, 9 9 9 9 9 9 9]")', '$formatNumber(1, $pad("", 1000, "0,"))'],
  }
  for (const [code, expressions] of Object.entries(refused)) {
    for (const expression of expressions) {
      it(`is refused as ${code} before it is done: ${expression.slice(0, 80)}`, async ({ expect }) => {
        const started = performance.now()
        expect(await evaluateExpression(expression, large)).toMatchObject({ ok: false, error: { code } })
        expect(performance.now() - started).toBeLessThan(5_000)
      })
    }
  }

  const allowed: [string, unknown][] = [
    ['{"id": data.object.id, "status": data.object.status}', { id: 'sub_1', status: 'active' }],
    ['$count(items)', 9_000],
    ['$sum(items.n)', 40_495_500],
    ['$length(text)', 400_000],
    ['$length($replace(text, "aaaa", "b"))', 100_000],
    ['$count(items[n < 1000].{"id": id, "name": $uppercase(id)})', 1_000],
    ['$sort(items[n < 300].n, function($a, $b) { $a < $b })[0]', 299],
    ['$distinct(items[n < 500].o.a)', [1, 2]],
  ]
  for (const [expression, value] of allowed) {
    it(`is enough for ${expression}`, async ({ expect }) => {
      expect(await evaluateExpression(expression, large)).toEqual({ ok: true, value })
    })
  }
})

describe('counted functions', () => {
  const same: [string, unknown][] = [
    ['$map(["a", "b"], $uppercase)', ['A', 'B']],
    ['($first := $substring(?, 0, 2); $first("abcdef"))', 'ab'],
    ['"a b c" ~> $split(" ") ~> $join("-")', 'a-b-c'],
    ['$toMillis("2026-01-02 10:11:12", "[Y]-[M]-[D] [H]:[m]:[s]")', 1_767_348_672_000],
    ['$fromMillis(0, "[Y0001]-[M01]-[D01]")', '1970-01-01'],
    ['$formatNumber(1234.5, "#,##0.00")', '1,234.50'],
    ['$ ~> |data|{"status": "x"}|', { data: { id: 1, status: 'x' } }],
    ['$each(data, function($v, $k) { $k & $v })', 'id1'],
    ['$string(data, true)', '{\n  "id": 1\n}'],
    ['$filter([1, 2, 3], function($v) { $v > 1 })', [2, 3]],
  ]
  for (const [expression, value] of same) {
    it(`are the functions they were: ${expression}`, async ({ expect }) => {
      expect(await evaluateExpression(expression, { data: { id: 1 } })).toEqual({ ok: true, value })
    })
  }

  it('refuse infinity, which JSON can say, where it is never finished with', async ({ expect }) => {
    const input: unknown = JSON.parse('{"n": 1e400}')
    expect(await evaluateExpression('$formatNumber(n, "0.0e0")', input)).toMatchObject({ ok: false, error: { code: 'failed' } })
  })
})

describe('an input or a result', () => {
  it('nested so deep that it cannot be written is refused, not thrown', async ({ expect }) => {
    const input: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)
    expect(await evaluateExpression('1', input)).toMatchObject({ ok: false })
  })

  it('is described in a short message', async ({ expect }) => {
    const result = await evaluateExpression('$number(text)', large)
    expect(result.ok ? 0 : result.error.message.length).toBe(500)
  })

  it('cannot be a function', async ({ expect }) => {
    expect(await evaluateExpression('{"f": function() { 1 }}', large)).toMatchObject({ ok: false, error: { code: 'failed' } })
  })
})

describe('counting', () => {
  it('goes through a value as far as its reader does, and stops when the steps are used up', ({ expect }) => {
    const steps = (...[value, reach]: [unknown, Parameters<typeof chargeWalk>[2]]) => {
      const work: Work = { steps: 0 }
      return [chargeWalk(work, value, reach), work.steps]
    }
    const value = [{ a: 'x'.repeat(128), b: [1] }, [2]]
    expect(steps(value, 'flat')).toEqual([4, 4 / 16])
    expect(steps(value, 'wide')[0]).toBe(6)
    expect(steps(value, 'deep')[0]).toBe(7)
    expect(() => charge({ steps: 99_999.5 }, 1)).toThrow('more than 100000 steps')
  })
})
