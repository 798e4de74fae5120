import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { decodeUtf8, utf8 } from '../core/bytes.ts'
import type { AuditRow } from '../db/control-schema.ts'
import { chainOf, exportOf, linkRows } from '../testing/audit-export.ts'
import { rowLine } from './export-lines.ts'
import { signHead } from './signed-head.ts'
import { deriveAuditKey } from './signing-key.ts'
import { verifyExport, type VerifyExportOptions } from './verify-export.ts'

const key = await deriveAuditKey('a secret text')
const pinned = { publicKey: key.publicKey }

async function* streamed(lines: readonly string[]) {
  yield* lines
}
const check = (lines: readonly string[], options: VerifyExportOptions = pinned) => verifyExport(streamed(lines), options)
/** What is wrong, or nothing. */
const problem = async (lines: readonly string[], options?: VerifyExportOptions) => {
  const verdict = await check(lines, options)
  return verdict.ok ? undefined : verdict.problem
}

/** Rows of every kind that the log may have, with texts of any language. */
const entries = fc.array(
  fc.record({
    target: fc.string({ unit: 'grapheme', maxLength: 12 }),
    reason: fc.option(fc.string({ unit: 'binary', maxLength: 12 })),
    after: fc.option(fc.jsonValue({ maxDepth: 2 })),
    role: fc.constantFrom('admin' as const, null),
    ray: fc.constantFrom('9e5f3a7c1b2d4e6f-FRA', null),
    impersonation: fc.option(fc.constant({ id: 'imp_1', actingAs: 'role:viewer' })),
  }),
  { minLength: 2, maxLength: 8 },
)
/** A chain, its export, and a place in it: the row's index, which is also how far the line is from the first. */
const exported = fc
  .tuple(entries, fc.nat(), fc.nat(), fc.boolean())
  .map(([list, a, b, early]) => ({ list, index: a % list.length, other: b % list.length, early }))
const make = async ({ list, early }: { list: Parameters<typeof chainOf>[0]; early: boolean }) => {
  const chain = await chainOf(list)
  return { chain, lines: await exportOf(chain, { key, signed: early ? chain.length - 1 : chain.length }) }
}
/** From 1, after the first line. */
const lineOf = (index: number) => index + 2
const runs = { numRuns: 100 }

describe('an export of the audit log', () => {
  it('that nobody touched is whole', async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(exported, async (some) => {
        const { chain, lines } = await make(some)
        const verdict = await check(lines)
        expect(verdict).toMatchObject({ ok: true, rows: chain.length, trusted: true, notes: [], keyId: key.keyId })
        expect(await check([...lines, ''])).toEqual(verdict)
      }),
      runs,
    )
  })

  it('shows the row in which any byte was changed', async ({ expect }) => {
    const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(exported, change, async (some, { at, to }) => {
        const { lines } = await make(some)
        const line = lines[some.index + 1]!
        const bytes = utf8(line)
        bytes[at % bytes.length] = to
        // Whoever reads a file that is no UTF-8 sees a question mark.
        const changed = decodeUtf8(bytes) ?? new TextDecoder().decode(bytes)
        fc.pre(changed !== line)
        const found = await problem(lines.with(some.index + 1, changed))
        expect(found?.line).toBe(lineOf(some.index))
      }),
      { numRuns: 500 },
    )
  })

  it('shows any byte that was changed in its first and last line', async ({ expect }) => {
    const [chain] = [await chainOf([{}, {}, {}])]
    const lines = await exportOf(chain, { key, signed: 2 })
    for (const index of [0, lines.length - 1]) {
      for (let at = 0; at < lines[index]!.length; at++) {
        const line = lines[index]!
        const changed = `${line.slice(0, at)}${line[at] === '7' ? '8' : '7'}${line.slice(at + 1)}`
        expect(await problem(lines.with(index, changed)), changed).toBeDefined()
      }
    }
  })

  it('does not take another spelling of the same signature', async ({ expect }) => {
    const lines = await exportOf(await chainOf([{}]), { key, signed: null })
    const spellings = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').map((last) =>
      lines.at(-1)!.replace(/.==/, `${last}==`),
    )
    const found = await Promise.all(spellings.map((end) => problem([...lines.slice(0, -1), end])))
    expect(found.filter((one) => one === undefined)).toHaveLength(1)
  })

  it('shows where a row was taken away, put in, doubled or moved', async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(exported, async (some) => {
        const { chain, lines } = await make(some)
        const { index, other } = some
        const isLast = index === chain.length - 1

        const taken = await problem(lines.toSpliced(index + 1, 1))
        expect(taken).toMatchObject({ kind: isLast ? 'truncated' : 'gap', line: lineOf(index), seq: index + 1 })

        const doubled = await problem(lines.toSpliced(other + 1, 0, lines[index + 1]!))
        expect(doubled?.line).toBe(index < other ? lineOf(other) : lineOf(other) + Number(index === other))

        // One that is forged well: its own hash is right, and it points at the row before it.
        const [forged] = (
          await linkRows([...chain.slice(0, index), { ...chain[index]!, target: 'forged', reason: 'forged' }])
        ).slice(-1)
        const replaced = await problem(lines.with(index + 1, rowLine(forged!)))
        expect(replaced).toMatchObject(
          isLast ? { line: lineOf(index), seq: index + 1 } : { line: lineOf(index) + Number(replaced?.kind === 'link') },
        )
        const putIn = await problem(lines.toSpliced(index + 1, 0, rowLine(forged!)))
        expect([lineOf(index), lineOf(index) + 1]).toContain(putIn?.line)

        fc.pre(index !== other)
        const [low, high] = [Math.min(index, other) + 1, Math.max(index, other) + 1]
        const moved = await problem(lines.with(low, lines[high]!).with(high, lines[low]!))
        expect(moved).toMatchObject({ kind: 'gap', line: low + 1, seq: low })
      }),
      runs,
    )
  })

  it('shows where it was cut off, also when somebody writes another last line', async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(exported, async (some) => {
        const { chain, lines } = await make(some)
        const kept = lines.slice(0, some.index + 1)
        const end = JSON.parse(lines.at(-1)!) as object
        expect(await problem(kept)).toMatchObject({ kind: 'truncated', line: lineOf(some.index), seq: some.index + 1 })

        const withEnd = [...kept, JSON.stringify({ ...end, rows: some.index })]
        expect(await problem(withEnd)).toMatchObject({ kind: 'truncated', line: lineOf(some.index), seq: some.index + 1 })

        fc.pre(some.index > 0)
        // The first line says that there never was more.
        const { seq, hash } = chain[some.index - 1]!
        const start = JSON.parse(lines[0]!) as { signedHead: { seq: number } }
        const withStart = withEnd.with(0, JSON.stringify({ ...start, head: { seq, hash } }))
        const beforeSigned = start.signedHead.seq > seq
        expect(await problem(withStart)).toMatchObject(
          beforeSigned ? { kind: 'truncated', line: 1, seq: seq + 1 } : { kind: 'seal', line: lineOf(some.index) },
        )
      }),
      runs,
    )
  })

  it('of which somebody computed all hashes anew is told by the signed head, and by nothing else without the key', async ({
    expect,
  }) => {
    const rows = await chainOf(Array.from({ length: 6 }, () => ({})))
    const honest = await exportOf(rows, { key, signed: 4 })
    const rewrite = (seq: number) =>
      linkRows(rows.map((row) => (row.seq === seq ? { ...row, actorId: 'somebody@else.example' } : row)))
    const start = JSON.parse(honest[0]!) as { signedHead: { seq: number; hash: string } }
    const forge = async (seq: number, changes: (chain: AuditRow[]) => object = () => ({})) => {
      const chain = await rewrite(seq)
      const head = { seq: 6, hash: chain[5]!.hash }
      return [JSON.stringify({ ...start, head, ...changes(chain) }), ...chain.map(rowLine), honest.at(-1)!]
    }
    expect(await problem(await forge(2))).toMatchObject({ kind: 'rewritten', line: lineOf(3), seq: 4 })
    expect(await problem(await forge(4))).toMatchObject({ kind: 'rewritten', line: lineOf(3), seq: 4 })
    // Newer than what was signed: only the seal knows.
    expect(await problem(await forge(5))).toMatchObject({ kind: 'seal', line: 8 })
    // With the signed head bent to fit, or without it.
    const bent = await forge(2, (chain) => ({ signedHead: { ...start.signedHead, hash: chain[3]!.hash } }))
    expect(await problem(bent)).toMatchObject({ kind: 'signature', line: 1, seq: 4 })
    expect(await problem(await forge(2, () => ({ signedHead: null })))).toMatchObject({ kind: 'seal', line: 8 })

    // With a key of their own everything agrees, but for the key.
    const own = await deriveAuditKey('another secret text')
    const resigned = await exportOf(await rewrite(2), { key: own, signed: 6 })
    expect(await problem(resigned)).toMatchObject({ kind: 'key', line: 1 })
    const verdict = await check(resigned, {})
    expect(verdict).toMatchObject({ ok: true, trusted: false, keyId: own.keyId })
    expect(verdict.ok && verdict.notes).toEqual([expect.stringContaining('agrees with itself')])
  })

  it('by a filter proves each row, and by its seal that none is missing', async ({ expect }) => {
    const chain = await chainOf(Array.from({ length: 9 }, (_, i) => ({ target: i % 3 === 0 ? 'a' : 'b' })))
    const filtered = { key, signed: 9, filters: { target: 'b' }, keep: (row: AuditRow) => row.target === 'b' }
    const lines = await exportOf(chain, filtered)
    expect(await check(lines)).toMatchObject({
      ok: true,
      rows: 6,
      filters: { target: 'b' },
      notes: [expect.stringContaining('seal')],
    })
    expect(((await check(lines, {})) as { notes: string[] }).notes).toHaveLength(2)

    expect(await problem(lines.toSpliced(3, 1))).toMatchObject({ kind: 'count', line: 7 })
    const end = (rows: number) => JSON.stringify({ ...(JSON.parse(lines.at(-1)!) as object), rows })
    expect(await problem([...lines.toSpliced(3, 1).slice(0, -1), end(5)])).toMatchObject({ kind: 'seal', line: 7 })
    expect(await problem(lines.with(3, lines[3]!.replace('because', 'BECAUSE')))).toMatchObject({
      kind: 'content',
      line: 4,
      seq: 5,
    })
    expect(await problem(lines.with(2, lines[1]!))).toMatchObject({ kind: 'order', line: 3, seq: 2 })
    // Rows 2 and 3 follow each other, so their link counts.
    const [, , forged] = await linkRows(chain.slice(0, 3).map((row) => ({ ...row, reason: 'forged' })))
    expect(await problem(lines.with(2, rowLine(forged!)))).toMatchObject({ kind: 'link', line: 3, seq: 3 })
  })

  it('is still proven after the key was changed, by both keys', async ({ expect }) => {
    const former = await deriveAuditKey('the former text')
    const chain = await chainOf([{}, {}, {}])
    const lines = await exportOf(chain, { key, signed: await signHead(former, chain[1]!, 5) })
    expect(await check(lines, { publicKey: [former.publicKey, key.publicKey] })).toMatchObject({ ok: true, notes: [] })
    expect(await problem(lines)).toMatchObject({ kind: 'signature', line: 1, seq: 2 })
    expect(await problem(lines, { publicKey: former.publicKey })).toMatchObject({ kind: 'key', line: 1 })
    expect(await check(lines, {})).toMatchObject({ ok: true, notes: [expect.any(String), expect.stringContaining(former.keyId)] })
  })

  it('that is none at all is said to be none', async ({ expect }) => {
    const lines = await exportOf(await chainOf([{}, {}]), { key, signed: null })
    expect(await check(lines)).toMatchObject({ ok: true, notes: [expect.stringContaining('No signed head')] })
    expect(await problem([])).toMatchObject({ kind: 'malformed', line: 1 })
    expect(await problem([''])).toMatchObject({ kind: 'malformed', line: 1 })
    expect(await problem(['{}'])).toMatchObject({ kind: 'malformed', line: 1 })
    expect(await problem(['\u0000\u0001'])).toMatchObject({ kind: 'malformed', line: 1 })
    expect(await problem(lines.slice(1))).toMatchObject({ kind: 'malformed', line: 1 })
    expect(await problem([...lines, lines[1]!])).toMatchObject({ kind: 'malformed', line: 5 })
    expect(await problem(lines.toSpliced(2, 0, ''))).toMatchObject({ kind: 'malformed', line: 3 })
    expect(await problem(lines.with(0, lines[0]!.replace(key.publicKey.x, 'AAAA')))).toMatchObject({ kind: 'key', line: 1 })
  })
})
