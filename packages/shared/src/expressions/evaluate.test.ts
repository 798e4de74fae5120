import { describe, it } from 'vitest'
import { compileExpression } from './compile.ts'
import { evaluateExpression } from './evaluate.ts'

const event = { data: { object: { id: 'sub_1', status: 'active', items: [{ n: 1 }, { n: 2 }] } } }

describe('evaluating an expression', () => {
  it('maps an event to the input of an operation', async ({ expect }) => {
    const result = await evaluateExpression('{"id": data.object.id, "status": data.object.status}', event)
    expect(result).toEqual({ ok: true, value: { id: 'sub_1', status: 'active' } })
  })

  it('answers plain JSON and the whole input for $', async ({ expect }) => {
    expect(await evaluateExpression('$', event)).toEqual({ ok: true, value: event })
    const items = await evaluateExpression('data.object.items.n', event)
    expect(items).toEqual({ ok: true, value: [1, 2] })
    expect(Object.keys((items as { value: object }).value)).toEqual(['0', '1'])
    expect(await evaluateExpression('nothing.here', event)).toEqual({ ok: true, value: undefined })
  })

  it('keeps nothing of one evaluation for the next', async ({ expect }) => {
    expect(await evaluateExpression('($x := 1; $x)', {})).toEqual({ ok: true, value: 1 })
    expect(await evaluateExpression('$x', {})).toEqual({ ok: true, value: undefined })
  })

  it('pads like the built-in function', async ({ expect }) => {
    expect(await evaluateExpression('[$pad("ab", 4), $pad("ab", -5, "#-"), $pad("ab", 1)]', {})).toEqual({
      ok: true,
      value: ['ab  ', '#-#ab', 'ab'],
    })
  })
})

describe('a hostile expression', () => {
  const cases: [name: string, expression: string, code: string][] = [
    ['that is not JSONata', '{"a":', 'syntax'],
    ['nested past the parser', '('.repeat(16_000), 'syntax'],
    ['that is too long', `"${'a'.repeat(20_000)}"`, 'syntax'],
    ['with a regular expression', '$contains(a, /(a+)+$/)', 'forbidden'],
    ['with a regular expression deep inside', '{"a": [1, $map([1], function($v) { $match("x", /x/) })]}', 'forbidden'],
    ['with $eval', '$eval("1 + 1")', 'forbidden'],
    ['with $eval under another name', '($e := $eval; $e("1"))', 'forbidden'],
    ['that recurses for ever', '($f := function($n) { 1 + $f($n + 1) }; $f(0))', 'too_deep'],
    ['that loops for ever by tail calls', '($f := function($n) { $f($n + 1) }; $f(0))', 'too_many_steps'],
    ['with a huge range', '[1..10000000]', 'output_too_large'],
    ['with nested ranges', '[1..1000].([1..1000])', 'output_too_large'],
    ['that doubles a text', '$reduce([1..100], function($a, $v) { $a & $a }, "xxxxxxxxxxxxxxxx")', 'output_too_large'],
    ['that doubles an array', '$reduce([1..100], function($a, $v) { $append($a, $a) }, [1])', 'output_too_large'],
    ['with a huge padding', '$pad("", 1000000000)', 'failed'],
    ['that answers too much', '[1..9000].("01234567890123456789012345678901234567890123456789")', 'output_too_large'],
    ['that fails', '$error("no")', 'failed'],
    ['that calls nothing', '$nothing()', 'failed'],
  ]
  for (const [name, expression, code] of cases) {
    it(`${name} is refused as ${code}`, async ({ expect }) => {
      const started = performance.now()
      expect(await evaluateExpression(expression, { a: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' })).toMatchObject({
        ok: false,
        error: { code },
      })
      expect(performance.now() - started).toBeLessThan(5_000)
    })
  }

  it('is refused before it runs, whichever branch hides it', ({ expect }) => {
    for (const hidden of ['false ? /a/ : 1', '{"a": function($x) { $eval($x) }}']) {
      expect(compileExpression(hidden)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    }
    expect(compileExpression('{"a": a.b[0]}').ok).toBe(true)
  })

  it('finds no way out of its input, and changes nothing outside', async ({ expect }) => {
    const nothing = [
      '$.constructor',
      '"x".constructor.constructor',
      '$lookup($, "__proto__")',
      '$spread($).constructor',
      '$$.__proto__.toString',
    ]
    for (const expression of nothing)
      expect(await evaluateExpression(expression, event), expression).toEqual({ ok: true, value: undefined })
    for (const expression of [
      '{"__proto__": {"own": 1}}',
      '$merge([{"__proto__": {"own": 1}}])',
      '$ ~> |$|{"__proto__": {"own": 1}}|',
    ]) {
      await evaluateExpression(expression, event)
    }
    expect(({} as { own?: unknown }).own).toBeUndefined()
    expect(event).toEqual({ data: { object: { id: 'sub_1', status: 'active', items: [{ n: 1 }, { n: 2 }] } } })
  })

  it('gets no input over 1 MiB', async ({ expect }) => {
    expect(await evaluateExpression('1', { a: 'x'.repeat(1_048_576) })).toMatchObject({
      ok: false,
      error: { code: 'input_too_large' },
    })
  })
})
