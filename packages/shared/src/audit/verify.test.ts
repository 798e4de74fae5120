import { describe, it } from 'vitest'
import type { AuditRow } from '../db/control-schema.ts'
import { sha256Hex } from '../core/bytes.ts'
import { type AuditEntryInput, canonicalRow, GENESIS_HASH, hashRow, toUnhashedRow } from './row.ts'
import { verifyChain } from './verify.ts'

const entry: AuditEntryInput = {
  at: 5,
  actor: { kind: 'service', id: 'deploy' },
  role: null,
  door: 'console',
  action: 'access.refused',
  target: 'POST /v1/x',
  reason: null,
  intentSeq: null,
  before: null,
  after: { b: 1, a: 'é' },
  ip: null,
  requestId: 'req_1',
}

async function chain(length: number): Promise<AuditRow[]> {
  const rows: AuditRow[] = []
  for (let seq = 1; seq <= length; seq++) {
    const row = toUnhashedRow(seq, { ...entry, target: `t${seq}` })
    const prevHash = rows.at(-1)?.hash ?? GENESIS_HASH
    rows.push({ ...row, prevHash, hash: await hashRow(prevHash, row) })
  }
  return rows
}

describe('hash chain', () => {
  it('has a canonical form that never changes', async ({ expect }) => {
    const row = toUnhashedRow(1, entry)
    const text =
      '[1,5,"service","deploy",null,"console","access.refused","POST /v1/x",null,null,null,"{\\"b\\":1,\\"a\\":\\"é\\"}",null,"req_1"]'
    const ofVersion1 = { ...row, v: 1 }
    expect(canonicalRow(ofVersion1)).toBe(text)
    expect(await hashRow(GENESIS_HASH, ofVersion1)).toBe(await sha256Hex(GENESIS_HASH + text))
    expect(canonicalRow(row)).toBe(`[2,${text.slice(1, -1)},null,null,null]`)
    const acting = { ...row, ray: 'ray', impersonation: 'imp_1', actingAs: 'role:viewer' }
    expect(canonicalRow(acting)).toBe(`[2,${text.slice(1, -1)},"ray","imp_1","role:viewer"]`)
  })

  it('vouches for every column also of a row that says it is of version 1', async ({ expect }) => {
    const row = { ...toUnhashedRow(1, entry), v: 1 }
    const stored = { ...row, prevHash: GENESIS_HASH, hash: await hashRow(GENESIS_HASH, row) }
    expect(await verifyChain([stored])).toMatchObject({ ok: true })
    for (const added of [{ ray: 'ray' }, { impersonation: 'imp_1' }, { actingAs: 'role:viewer' }]) {
      expect(await verifyChain([{ ...stored, ...added }])).toEqual({ ok: false, seq: 1, broken: 'content' })
    }
  })

  it('accepts an unbroken chain, whole or continued from a head', async ({ expect }) => {
    const rows = await chain(4)
    const head = { seq: 4, hash: rows[3]?.hash }
    expect(await verifyChain(rows)).toEqual({ ok: true, checked: 4, head })
    expect(await verifyChain(rows.slice(2), { seq: 2, hash: rows[1]?.hash ?? '' })).toEqual({ ok: true, checked: 2, head })
    expect(await verifyChain([])).toEqual({ ok: true, checked: 0, head: { seq: 0, hash: GENESIS_HASH } })
  })

  it('names the row that was changed, removed or relinked', async ({ expect }) => {
    const rows = await chain(4)
    const changed = rows.map((row) => (row.seq === 3 ? { ...row, actorId: 'somebody else' } : row))
    expect(await verifyChain(changed)).toEqual({ ok: false, seq: 3, broken: 'content' })
    expect(await verifyChain(rows.filter((row) => row.seq !== 2))).toEqual({ ok: false, seq: 3, broken: 'gap' })
    expect(await verifyChain(rows.slice(1))).toEqual({ ok: false, seq: 2, broken: 'gap' })
    const forged = toUnhashedRow(2, { ...entry, target: 'forged' })
    const relinked = [
      rows[0],
      { ...forged, prevHash: rows[0]?.hash ?? '', hash: await hashRow(rows[0]?.hash ?? '', forged) },
      ...rows.slice(2),
    ]
    expect(await verifyChain(relinked as AuditRow[])).toEqual({ ok: false, seq: 3, broken: 'link' })
  })

  it('notices a change in any column', async ({ expect }) => {
    const [row] = await chain(1)
    const columns = [
      'at',
      'actorKind',
      'actorId',
      'role',
      'door',
      'action',
      'target',
      'reason',
      'intentSeq',
      'before',
      'after',
      'ip',
      'requestId',
      'v',
      'ray',
      'impersonation',
      'actingAs',
    ] as const
    for (const column of columns) {
      const verdict = await verifyChain([{ ...row, [column]: 'changed' } as unknown as AuditRow])
      expect(verdict, column).toEqual({ ok: false, seq: 1, broken: 'content' })
    }
  })
})
