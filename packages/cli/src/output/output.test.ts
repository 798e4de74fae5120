import { stripVTControlCharacters } from 'node:util'
import { describe, it } from 'vitest'
import { coloursOf } from './colours.ts'
import { printable } from './printable.ts'
import { bar, createProgress, remaining } from './progress.ts'
import { showChanges, showEffects } from './show-changes.ts'
import { table } from './table.ts'
import { counted, duration, shortTime } from './time.ts'

const terminal = { write: () => undefined, drained: () => Promise.resolve(), isTTY: true, columns: 80 }
const plain = coloursOf({ env: { NO_COLOR: '1' } }, terminal)

describe('colours', () => {
  it('are for terminals of people who want them', ({ expect }) => {
    expect(coloursOf({ env: {} }, terminal).added('x')).toBe('\u001B[32mx\u001B[39m')
    expect(coloursOf({ env: { NO_COLOR: '1' } }, terminal).added('x')).toBe('x')
    expect(coloursOf({ env: { TERM: 'dumb' } }, terminal).added('x')).toBe('x')
    expect(coloursOf({ env: {} }, { ...terminal, isTTY: false }).added('x')).toBe('x')
  })
})

describe('a table', () => {
  const columns = [{ title: 'ID' }, { title: 'N', align: 'right' }, { title: 'ERROR', flexible: true }] as const

  it('has columns as wide as what is in them', ({ expect }) => {
    expect(
      table(columns, [
        ['a', '5', 'no'],
        ['long-id', '1000', ''],
      ]),
    ).toBe('ID          N  ERROR\na           5  no\nlong-id  1000\n')
  })

  it('cuts only the flexible column, only on a terminal, between letters as people see them', ({ expect }) => {
    const rows = [['a', '1', `👩‍👩‍👧‍👦${'é'.repeat(40)}`]]
    expect(table(columns, rows, 30).split('\n')[1]).toBe(`a   1  👩‍👩‍👧‍👦${'é'.repeat(21)}…`)
    expect(table(columns, rows).split('\n')[1]).toHaveLength('a   1  👩‍👩‍👧‍👦'.length + 40)
    expect(table(columns, rows, 3).split('\n')[1]).toBe(`a   1  👩‍👩‍👧‍👦${'é'.repeat(10)}…`)
  })

  it('keeps a row on its line, whatever is in it', ({ expect }) => {
    expect(table(columns, [['a', '1', 'one\ntwo\u001B[31m']])).toContain('one↵two\\u001b[31m\n')
  })
})

describe('changes', () => {
  const changes = [
    { kind: 'connector', id: 'crm', change: 'created', fields: [] },
    {
      kind: 'provider',
      id: 'stripe',
      change: 'updated',
      fields: [
        { path: 'dedupeWindowMs', before: 604_800_000, after: 86_400_000 },
        { path: 'secret', before: undefined, after: 'stripe-signing' },
        { path: 'settings.mapping', before: `{"a": ${'x'.repeat(50)}}`, after: '\u001B[2J' },
      ],
    },
    { kind: 'route', id: 'old', change: 'deleted', fields: [] },
  ] as const

  it('show what comes, what goes, and each field before and after', ({ expect }) => {
    expect(showChanges(structuredClone(changes) as never, plain)).toBe(
      [
        '  + connector crm',
        '  ~ provider stripe',
        '      dedupeWindowMs: 604800000 → 86400000',
        '      secret: (not set) → "stripe-signing"',
        '      settings.mapping:',
        `        - "{\\"a\\": ${'x'.repeat(50)}}"`,
        '        + "\\u001b[2J"',
        '  - route old',
        '',
        '1 created, 1 updated, 1 deleted (3 changes).',
        '',
      ].join('\n'),
    )
  })

  it('say the same with colours', ({ expect }) => {
    const coloured = showChanges(structuredClone(changes) as never, coloursOf({ env: {} }, terminal))
    expect(stripVTControlCharacters(coloured)).toBe(showChanges(structuredClone(changes) as never, plain))
    expect(coloured).not.toBe(stripVTControlCharacters(coloured))
  })

  it('have effects, or not', ({ expect }) => {
    expect(showEffects([])).toBe('')
    expect(showEffects(['3 jobs wait for it.'])).toBe('\nEffects\n  • 3 jobs wait for it.\n')
  })
})

describe('progress', () => {
  it('is a bar with what is done', ({ expect }) => {
    expect(bar(50, 200)).toBe(`[${'█'.repeat(6)}${'░'.repeat(18)}]  25 %  50/200`)
    expect(bar(0, 0)).toContain('100 %')
    expect(bar(7, 5)).toContain('100 %  7/5')
  })

  it('tells what is left once it can', ({ expect }) => {
    expect(remaining(50, 200, 10_000)).toBe('about 30 s left')
    expect(remaining(0, 200, 10_000)).toBe('')
    expect(remaining(200, 200, 10_000)).toBe('')
  })

  it('stays on one line of a terminal, and is a line now and then without one', ({ expect }) => {
    let [now, written] = [0, '']
    const write = (data: string | Uint8Array): void => void (written += String(data))
    const onTerminal = createProgress({ err: { ...terminal, columns: 20, write }, now: () => now }, false)
    onTerminal.show('x'.repeat(100))
    onTerminal.clear()
    onTerminal.clear()
    expect(written).toBe(`\r\u001B[K${'x'.repeat(20)}\r\u001B[K`)

    written = ''
    const inLog = createProgress({ err: { ...terminal, isTTY: false, write }, now: () => now }, false)
    for (now = 0; now <= 25_000; now += 1_000) inLog.show(`at ${now}`)
    inLog.clear()
    expect(written).toBe('at 10000\nat 20000\n')
  })

  it('is silent where it is not wanted', ({ expect }) => {
    let written = ''
    const write = (data: string | Uint8Array): void => void (written += String(data))
    createProgress({ err: { ...terminal, write }, now: () => 0 }, true).show('x')
    expect(written).toBe('')
  })
})

describe('words', () => {
  it('for times, durations and counts', ({ expect }) => {
    expect(shortTime('2026-11-30T07:13:11.123Z')).toBe('2026-11-30 07:13:11')
    expect([0.4, 59, 60, 250, 3_600, 7_500].map(duration)).toEqual(['0 s', '59 s', '1 min', '4 min 10 s', '1 h', '2 h 5 min'])
    expect([counted(1, 'row'), counted(2_000, 'row')]).toEqual(['1 row', '2,000 rows'])
  })

  it('that are safe in a terminal', ({ expect }) => {
    expect(printable('a\tb\nc\u0007\u009B\u202E é 👍')).toBe('a b↵c\\u0007\\u009b\\u202e é 👍')
  })
})
