import { storeHead } from '@orchestrator/shared/audit/head-store'
import { isHeadSignedBy, signHead } from '@orchestrator/shared/audit/signed-head'
import { deriveAuditKey } from '@orchestrator/shared/audit/signing-key'
import { verifyExport } from '@orchestrator/shared/audit/verify-export'
import { type AuditHead, type AuditVerification, signedHead } from '@orchestrator/shared/contracts/audit-api'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import { AUDIT_COLUMNS, columnList } from '@orchestrator/shared/db/columns'
import { beforeAll, describe, it } from 'vitest'
import { signAuditHead } from '../audit/sign-head.ts'
import { verifyAudit } from '../audit/verify.ts'
import { exportAudit } from '../audit/export.ts'
import { auditKey, entry, growChain, linesOf, rewriteFrom, rowsFrom, tampered, taskDeps, tipSeq } from '../testing/audit.ts'
import { answer, ask, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'

const { CONTROL_DB: db, PAYLOADS: bucket } = bindings
const verify = (after?: number) =>
  answer<AuditVerification>(ask(`/v1/audit/verify${after === undefined ? '' : `?after=${after}`}`, { as: 'auditor' }))
const head = () => answer<AuditHead>(ask('/v1/audit/head', { as: 'auditor' }))
const append = async (count = 1) => {
  for (let i = 0; i < count; i++) await taskDeps.appendAudit(entry())
}
const run = (sql: string, ...values: unknown[]) =>
  db
    .prepare(sql)
    .bind(...values)
    .run()
const stored = async () => signedHead.parse(await (await bucket.get('audit/head'))?.json())
const sign = () => signAuditHead(taskDeps)

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  await append(5)
})

describe('the head of the audit log', () => {
  it('is signed when it moved, by a key that everybody who may look at the log can have', async ({ expect }) => {
    expect(await head()).toEqual({ head: null, unsigned: 5, publicKey: auditKey.publicKey })
    expect(await verify()).toMatchObject({
      ok: true,
      checked: 5,
      next: null,
      signedHead: null,
      note: expect.stringContaining('No head') as string,
    })
    await sign()
    const { head: signed, unsigned } = await head()
    expect(signed).toMatchObject({ seq: 5, keyId: auditKey.keyId, hash: (await rowsFrom(5))[0]?.hash })
    expect(unsigned).toBe(0)
    expect(await isHeadSignedBy(auditKey.publicKey, signed!)).toBe(true)
    expect(await isHeadSignedBy(auditKey.publicKey, { ...signed!, at: signed!.at + 1 })).toBe(false)
    expect(await (await bucket.get('audit/heads/0000000000000005'))?.json()).toEqual(signed)
    await sign()
    expect((await head()).head).toEqual(signed)
    expect(await verify()).toEqual({
      ok: true,
      checked: 5,
      head: { seq: 5, hash: signed!.hash },
      next: null,
      signedHead: { seq: 5, at: new Date(signed!.at).toISOString(), keyId: auditKey.keyId },
      note: null,
    })
  })

  it('never goes back, however many sign at once', async ({ expect }) => {
    await Promise.all([append(3), sign(), append(3), sign(), sign(), append(2), sign()])
    await sign()
    const { head: newest } = await head()
    expect(newest?.seq).toBe(await tipSeq())
    // Somebody who read the head before, and comes late.
    const [row] = await rowsFrom(6)
    const late = await signHead(auditKey, row!, 1)
    await storeHead(bucket, late, { head: late, etag: 'what it was then' })
    await storeHead(bucket, { ...newest!, at: 1 }, null)
    expect(await stored()).toEqual(newest)
    expect(await (await bucket.get(`audit/heads/${String(newest!.seq).padStart(16, '0')}`))?.json()).toEqual(newest)
  })

  it('is not signed where the log was tampered with since, and everybody is told where', async ({ expect }) => {
    const before = await stored()
    await append(4)
    const seq = before.seq + 2
    const cases: [broken: string, at: number, tamper: () => Promise<unknown>][] = [
      ['content', seq, () => run("UPDATE audit_log SET actor_id = 'viewer@example.com' WHERE seq = ?", seq)],
      [
        'link',
        seq + 1,
        () => run("UPDATE audit_log SET prev_hash = replace(prev_hash, substr(prev_hash, 1, 1), 'x') WHERE seq = ?", seq + 1),
      ],
      ['gap', seq + 1, () => run('DELETE FROM audit_log WHERE seq = ?', seq)],
      ['gap', seq + 2, () => run('DELETE FROM audit_log WHERE seq IN (?, ?)', seq, seq + 1)],
      ['truncated', before.seq, () => run('DELETE FROM audit_log WHERE seq >= ?', before.seq)],
      ['truncated', 1, () => run('DELETE FROM audit_log')],
      ['rewritten', before.seq, () => rewriteFrom(before.seq - 2, { reason: 'another one' })],
      ['rewritten', before.seq, () => run('DELETE FROM audit_log WHERE seq = ?', before.seq)],
    ]
    for (const [broken, at, tamper] of cases) {
      await tampered(tamper, async () => {
        const said = await verify()
        expect(said, `${broken} ${at}`).toMatchObject({ ok: false, broken, seq: at })
        const message = said.ok ? '' : said.message
        expect(message).toMatch(/^(?:The log|Rows?) /)
        await expect(sign()).rejects.toThrow(`tampered with (${broken}), and is not signed any more: ${message}`)
      })
    }
    expect(await stored()).toEqual(before)
    // Rows that were not signed yet, computed anew, look like rows that were written so: what is signed each minute is what counts.
    await tampered(
      () => rewriteFrom(seq, { reason: 'another one' }),
      async () => expect(await verify()).toMatchObject({ ok: true }),
    )
    await sign()
    expect((await stored()).seq).toBe(before.seq + 4)
  }, 30_000)

  it('of somebody else is not believed, nor an older one put in its place', async ({ expect }) => {
    const newest = await stored()
    const text = JSON.stringify(newest)
    const foreign = await deriveAuditKey('another')
    const forgeries: [broken: string, object][] = [
      ['signature', await signHead(foreign, newest, newest.at)],
      ['signature', { ...newest, hash: newest.hash.replaceAll(/[0-9]/g, 'a') }],
      ['truncated', await signHead(auditKey, { seq: newest.seq + 1, hash: newest.hash }, newest.at)],
    ]
    for (const [broken, forged] of forgeries) {
      await bucket.put('audit/head', JSON.stringify(forged))
      expect(await verify(), broken).toMatchObject({ ok: false, broken })
      await expect(sign()).rejects.toThrow(`(${broken})`)
    }
    const [fourth] = await rowsFrom(4)
    await bucket.put('audit/head', JSON.stringify(await signHead(auditKey, fourth!, 1)))
    await tampered(
      () => run('DELETE FROM audit_log WHERE seq > 4'),
      async () => expect(await verify()).toMatchObject({ ok: false, broken: 'truncated', seq: 5 }),
    )
    await bucket.delete('audit/head')
    expect(await verify()).toMatchObject({ ok: true, signedHead: { seq: newest.seq } })
    await bucket.put('audit/head', text)
  }, 20_000)

  it('is signed anew under another key, and what the former one signed still counts', async ({ expect }) => {
    const key = await deriveAuditKey('the next one')
    const rotated = { ...taskDeps, auditKey: async () => key }
    const before = await stored()
    expect(await verifyAudit(rotated, 0)).toMatchObject({ ok: true, signedHead: { keyId: auditKey.keyId } })
    await signAuditHead(rotated)
    expect(await stored()).toMatchObject({ seq: before.seq, keyId: key.keyId })
    expect(await verifyAudit(rotated, 0)).toMatchObject({ ok: true, signedHead: { keyId: key.keyId } })
    await sign()
    expect(await stored()).toMatchObject({ seq: before.seq, keyId: auditKey.keyId })
  })
})

describe('what does not belong into the log', () => {
  it('is neither shown nor signed when somebody put it before the first row', async ({ expect }) => {
    const columns = AUDIT_COLUMNS.filter((column) => column !== 'seq')
    const list = columnList(columns)
    const forge = () => run(`INSERT INTO audit_log (seq, ${list}) SELECT 0, ${list} FROM audit_log WHERE seq = 1`)
    await append()
    await tampered(forge, async () => {
      const from = new Date(Date.now() - 3_600_000).toISOString()
      const { items } = await answer<{ items: AuditEntry[] }>(ask(`/v1/audit?from=${from}`, { as: 'auditor' }))
      expect(items.map(({ seq }) => seq)).not.toContain(0)
      expect((await ask('/v1/audit/0', { as: 'auditor' })).status).toBe(404)
      expect(await verify()).toMatchObject({ ok: false, broken: 'gap', seq: 0 })
      await expect(sign()).rejects.toThrow('(gap)')
    })
    await sign()
  }, 20_000)

  it('is a reason that cannot be kept as it was sent', async ({ expect }) => {
    const refused = await ask('/v1/queues/low/pause', { as: 'operator', method: 'POST', body: { reason: 'a\ud800' } })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ issues: [{ path: 'reason' }] })
  })
})

describe('verifying the audit log', () => {
  it('goes on where the answer before ended, and takes no more than it can in one request', async ({ expect }) => {
    await growChain(2_100)
    await sign()
    const last = await tipSeq()
    const first = await verify()
    expect(first).toMatchObject({ ok: true, checked: 2_000, head: { seq: 2_000 }, next: 2_000 })
    expect(await verify(2_000)).toMatchObject({ ok: true, checked: last - 2_000, next: null, signedHead: { seq: last } })
    expect(await verify(last)).toMatchObject({ ok: true, checked: 0, next: null })
    for (const [query, status] of [
      ['after=-1', 400],
      ['after=x', 400],
      [`after=${last + 1}`, 400],
      ['before=1', 400],
    ] as const) {
      const response = await ask(`/v1/audit/verify?${query}`, { as: 'admin' })
      expect(response.status, query).toBe(status)
      expect(await response.json()).toMatchObject({ issues: [{ path: expect.any(String) as string }] })
    }
  }, 20_000)

  it('says what it could not compare with when R2 is down', async ({ expect }) => {
    const down = { ...taskDeps, readSignedHead: () => Promise.reject(new Error('R2 is down')) }
    expect(await verifyAudit(down, 0)).toMatchObject({
      ok: true,
      checked: 2_000,
      signedHead: null,
      note: expect.stringContaining('R2') as string,
    })
    await expect(signAuditHead(down)).rejects.toThrow('R2 is down')
    const next = await deriveAuditKey('the next one')
    const slow = { ...taskDeps, auditKey: async () => next, readAuditPublicKey: down.readSignedHead }
    expect(await verifyAudit(slow, 0)).toMatchObject({
      ok: true,
      signedHead: null,
      note: expect.stringContaining('R2') as string,
    })
  })
})

describe('an export', () => {
  it('tells of itself first, and is whole', async ({ expect }) => {
    const response = await ask('/v1/audit/export', { as: 'auditor' })
    expect(response.headers.get('content-type')).toBe('application/jsonl')
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-[\dT-]+\.jsonl"$/)
    const verdict = await verifyExport(linesOf(response), { publicKey: auditKey.publicKey })
    const last = await tipSeq()
    expect(verdict).toMatchObject({
      ok: true,
      rows: last,
      head: { seq: last },
      signedHead: { seq: last - 1 },
      trusted: true,
      notes: [],
    })
    const [own] = await rowsFrom(last)
    expect(own).toMatchObject({
      action: 'audit.exported',
      actorId: 'auditor@example.com',
      after: '{"format":"jsonl","filters":{}}',
    })
  }, 20_000)

  it('keeps to its filters, and is not written for who may not see the log', async ({ expect }) => {
    await append(2)
    const filters = 'actor=operator%40example.com&action=connector.*&from=2020-01-01T00:00:00Z&text=BECAUSE'
    const verdict = await verifyExport(linesOf(await ask(`/v1/audit/export?${filters}`, { as: 'admin' })), {
      publicKey: auditKey.publicKey,
    })
    const all = await rowsFrom(1)
    const kept = all.filter((row) => row.actorId === 'operator@example.com' && row.action === 'connector.paused')
    expect(verdict).toMatchObject({ ok: true, rows: kept.length, filters: { action: 'connector.*', text: 'BECAUSE' } })
    const none = await verifyExport(linesOf(await ask('/v1/audit/export?to=2020-01-01T00:00:00Z', { as: 'admin' })))
    expect(none).toMatchObject({ ok: true, rows: 0 })
    const before = await tipSeq()
    expect((await ask('/v1/audit/export', { as: 'operator' })).status).toBe(403)
    expect((await ask('/v1/audit/export?format=xml', { as: 'admin' })).status).toBe(400)
    expect((await ask('/v1/audit/export?action=nonsense', { as: 'admin' })).status).toBe(400)
    expect(await tipSeq()).toBe(before)
  }, 20_000)

  it('for spreadsheets quotes what has to be quoted, and computes nothing', async ({ expect }) => {
    await taskDeps.appendAudit(
      entry({ target: '=HYPERLINK("x")', reason: 'one, "two"\nthree', actor: { kind: 'user', id: '@sum' }, at: 5 }),
    )
    const response = await ask('/v1/audit/export?format=csv&actor=%40sum', { as: 'admin' })
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const text = await response.text()
    expect(text.split('\r\n')).toHaveLength(3)
    expect(text).toMatch(/^seq,at,actorKind,actorId,role,door,action,target,reason,intentSeq,before,after,ip,/)
    const fields = `user,'@sum,operator,control,connector.paused,"'=HYPERLINK(""x"")","one, ""two""\nthree",,,,,req_1,`
    expect(text).toContain(`,1970-01-01T00:00:00.005Z,${fields}`)
  })

  it('that breaks off does not look whole', async ({ expect }) => {
    await growChain(2_100)
    for (const format of ['jsonl', 'csv'] as const) {
      let asked = 0
      const flaky = {
        ...taskDeps,
        control: async <T>(work: (db: D1Database) => Promise<T>) => {
          if (++asked > 1) throw new Error('CONTROL_DB is down')
          return taskDeps.control(work)
        },
      }
      const { at, actor, role, door, ip, requestId } = entry()
      const response = await exportAudit(flaky, { at, actor, role, door, ip, requestId }, { format })
      const reader = response.body!.getReader()
      let text = ''
      const read = async () => {
        for (;;) {
          const { done, value } = await reader.read()
          if (done) return
          text += new TextDecoder().decode(value)
        }
      }
      await expect(read(), format).rejects.toThrow('CONTROL_DB is down')
      expect(text.split('\n').length, format).toBeGreaterThan(2_000)
      expect(text).not.toContain('"line":"end"')
    }
  })
})
