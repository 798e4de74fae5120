import { storePublicKey } from '@orchestrator/shared/audit/head-store'
import { toUnhashedRow } from '@orchestrator/shared/audit/row'
import { signHead } from '@orchestrator/shared/audit/signed-head'
import { deriveAuditKey } from '@orchestrator/shared/audit/signing-key'
import type { AuditVerification } from '@orchestrator/shared/contracts/audit-api'
import { beforeAll, describe, it } from 'vitest'
import { csvLine } from '../audit/csv.ts'
import { signAuditHead } from '../audit/sign-head.ts'
import { entry, growChain, rewriteFrom, rowsFrom, tampered, taskDeps, tipSeq } from '../testing/audit.ts'
import { answer, ask, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'

const { CONTROL_DB: db, PAYLOADS: bucket } = bindings
const verify = () => answer<AuditVerification>(ask('/v1/audit/verify', { as: 'auditor' }))
const nameOf = (seq: number): string => `audit/heads/${String(seq).padStart(16, '0')}`
const append = async (count: number) => {
  for (let i = 0; i < count; i++) await taskDeps.appendAudit(entry())
}
const withoutEnd = () => db.prepare('DELETE FROM audit_log WHERE seq > 6').run()

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  await append(5)
  await signAuditHead(taskDeps)
  await append(5)
  await signAuditHead(taskDeps)
})

describe('a cell of a spreadsheet', () => {
  it('is text, whatever it begins with that some program computes', ({ expect }) => {
    for (const first of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
      const row = { ...toUnhashedRow(1, entry({ reason: `${first}1` })), prevHash: '', hash: '' }
      expect(csvLine(row).replace('"', ''), first).toContain(`,'${first}1`)
    }
  })
})

describe('who can write to the log and to R2, but overwrite no head', () => {
  it('cannot hide newer heads behind a copy of an old one', async ({ expect }) => {
    const old = await (await bucket.get(nameOf(5)))!.text()
    for (const name of [nameOf(11), 'audit/heads/9999999999999999', 'audit/heads/x']) {
      await bucket.put(name, old)
      await tampered(withoutEnd, async () => {
        const said = await verify()
        expect(said, name).toMatchObject({ ok: false, broken: 'signature', seq: 6 })
        expect(said).toMatchObject({ message: expect.stringContaining(name) as string })
        await expect(signAuditHead(taskDeps)).rejects.toThrow(name)
      })
      await bucket.delete(name)
    }
    expect(await verify()).toMatchObject({ ok: true, note: null })
  })

  it('cannot make an answer of it that the heads cannot be read', async ({ expect }) => {
    const head = await (await bucket.get('audit/head'))!.text()
    for (const text of ['', 'garbage', '{"seq":0}']) {
      await bucket.put('audit/head', text)
      await tampered(withoutEnd, async () =>
        expect(await verify(), text).toMatchObject({
          ok: false,
          broken: 'signature',
          message: expect.stringContaining('audit/head ') as string,
        }),
      )
    }
    await bucket.put('audit/head', head)
  })

  it('cannot bring checks to a halt by a key that is none', async ({ expect }) => {
    const [last] = await rowsFrom(await tipSeq())
    const head = { ...(await signHead(await deriveAuditKey('another'), last!, 1)), keyId: 'none' }
    await bucket.put('audit/keys/none', JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'AA' }))
    await bucket.put(nameOf(11), JSON.stringify({ ...head, seq: 11 }))
    expect(await verify()).toMatchObject({ ok: false, broken: 'signature', seq: 11 })
    await bucket.delete(nameOf(11))
  })

  it('is told of where the key is one that they may have brought along', async ({ expect }) => {
    const foreign = await deriveAuditKey('another')
    await storePublicKey(bucket, foreign.keyId, foreign.publicKey)
    const forge = async () => {
      await rewriteFrom(3, { reason: 'another one' })
      await growChain(1)
      const [last] = await rowsFrom(await tipSeq())
      await bucket.put(nameOf(last!.seq), JSON.stringify(await signHead(foreign, last!, 1)))
    }
    await tampered(forge, async () =>
      expect(await verify()).toMatchObject({ ok: true, note: expect.stringContaining(foreign.keyId) as string }),
    )
  })
})
