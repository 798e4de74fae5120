import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { listAudit } from '../audit/queries.ts'
import { verifyChain } from '../audit/verify.ts'
import type { ConfigSnapshot } from '../contracts/config.ts'
import { catchUpMirror } from './catch-up-mirror.ts'
import { changeConfig, type ConfigChange, readConfigInForce } from './change.ts'
import { publishConfig } from './publish.ts'
import { contentOf, EMPTY_CONTENT, mirrorRevision } from './revision.ts'
import { type ConfigBindings, CURRENT_KEY, readSnapshotFromR2, revisionKey } from './snapshot-store.ts'

const bindings = env as unknown as ConfigBindings
const by = {
  at: 5,
  actor: { kind: 'user' as const, id: 'admin@example.com' },
  role: 'admin' as const,
  door: 'control' as const,
  ip: null,
  requestId: 'req_1',
}
const failures: unknown[] = []
const options = {
  onMirrorFailure: (error: unknown) => failures.push(error),
  timing: { sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 10)), random: Math.random },
}

/** Adds an override, the smallest thing a configuration has. */
const force =
  (connector: string) =>
  (current: ConfigSnapshot): ConfigChange<string> => {
    const content = contentOf(current)
    return {
      content: { ...content, breakerOverrides: [...content.breakerOverrides, { connector, state: 'open' }] },
      audit: { action: 'config.published', target: connector, reason: null, before: null, after: { connector } },
      value: connector,
    }
  }
const audit = async () => (await listAudit(bindings.CONTROL_DB, null, 1_000)).toReversed()

describe('a change of the configuration', () => {
  it('begins with an empty configuration where nothing was published yet', async ({ expect }) => {
    expect((await readConfigInForce(bindings.CONTROL_DB)).revision).toBe(0)
    expect(await changeConfig(bindings, by, force('first'), options)).toMatchObject({ value: 'first', configRevision: 1 })
    expect(await readConfigInForce(bindings.CONTROL_DB)).toMatchObject({ publishedAt: 5, settings: EMPTY_CONTENT.settings })
  })

  it('is one revision, one audit row, and the same in R2', async ({ expect }) => {
    const before = (await audit()).length
    const { configRevision, auditSeq } = await changeConfig(bindings, by, force('one'), options)
    const inForce = await readConfigInForce(bindings.CONTROL_DB)
    expect(inForce.revision).toBe(configRevision)
    expect(await readSnapshotFromR2(bindings.PAYLOADS)).toEqual(inForce)
    expect(await readSnapshotFromR2(bindings.PAYLOADS, revisionKey(configRevision))).toEqual(inForce)
    const rows = await audit()
    expect(rows).toHaveLength(before + 1)
    expect(rows.at(-1)).toMatchObject({ seq: auditSeq, action: 'config.published', target: 'one', actorId: 'admin@example.com' })
  })

  it('of twenty people at once is twenty revisions, none lost and each audited', async ({ expect }) => {
    const names = Array.from({ length: 20 }, (_, i) => `at-once-${i}`)
    const done = await Promise.all(names.map((name) => changeConfig(bindings, by, force(name), options)))
    expect(new Set(done.map((one) => one.configRevision)).size).toBe(20)
    const inForce = await readConfigInForce(bindings.CONTROL_DB)
    expect(inForce.breakerOverrides.map((one) => one.connector)).toEqual(expect.arrayContaining(names) as string[])
    const rows = await audit()
    expect(rows.filter((row) => names.includes(row.target))).toHaveLength(20)
    expect(await verifyChain(rows)).toMatchObject({ ok: true })
    expect(await readSnapshotFromR2(bindings.PAYLOADS)).toEqual(inForce)
    for (const { configRevision } of done) {
      const text = await bindings.CONTROL_DB.prepare('SELECT snapshot FROM config_revisions WHERE revision = ?')
        .bind(configRevision)
        .first<string>('snapshot')
      expect(await (await bindings.PAYLOADS.get(revisionKey(configRevision)))?.text()).toBe(text)
    }
  })

  it('that changes nothing publishes nothing and audits nothing', async ({ expect }) => {
    const before = (await audit()).length
    const { revision } = await readConfigInForce(bindings.CONTROL_DB)
    const nothing = (current: ConfigSnapshot) => {
      const content = contentOf(current)
      return { ...force('x')(current), content }
    }
    expect(await changeConfig(bindings, by, nothing, options)).toEqual({ value: 'x', configRevision: revision, auditSeq: null })
    expect(await audit()).toHaveLength(before)
  })

  it('is not made without its audit row', async ({ expect }) => {
    const before = await readConfigInForce(bindings.CONTROL_DB)
    await bindings.CONTROL_DB.prepare('ALTER TABLE audit_log RENAME TO audit_log_gone').run()
    await expect(changeConfig(bindings, by, force('unaudited'), options)).rejects.toThrow(/audit_log/)
    await bindings.CONTROL_DB.prepare('ALTER TABLE audit_log_gone RENAME TO audit_log').run()
    expect(await readConfigInForce(bindings.CONTROL_DB)).toEqual(before)
  })

  it('reaches R2 later where R2 failed, once', async ({ expect }) => {
    const withoutR2 = { ...bindings, PAYLOADS: undefined } as unknown as ConfigBindings
    const { configRevision } = await changeConfig(withoutR2, by, force('late'), options)
    expect((await readSnapshotFromR2(bindings.PAYLOADS))?.revision).toBe(configRevision - 1)
    await expect(catchUpMirror(withoutR2)).rejects.toThrow()
    expect(await catchUpMirror(bindings)).toBe(configRevision)
    expect(await readSnapshotFromR2(bindings.PAYLOADS)).toEqual(await readConfigInForce(bindings.CONTROL_DB))
    expect((await readSnapshotFromR2(bindings.PAYLOADS, revisionKey(configRevision)))?.revision).toBe(configRevision)
    expect(await catchUpMirror(bindings)).toBeNull()
  })

  it('commits what stands beside the configuration also where that stays as it is', async ({ expect }) => {
    const { revision } = await readConfigInForce(bindings.CONTROL_DB)
    const before = (await audit()).length
    const insert = bindings.CONTROL_DB.prepare(
      "INSERT INTO handshake_tokens (provider, iv, ciphertext, at) VALUES ('p', 'i', 'c', 1)",
    )
    const beside = (current: ConfigSnapshot) => ({ ...force('x')(current), content: contentOf(current), statements: [insert] })
    expect(await changeConfig(bindings, by, beside, options)).toEqual({
      value: 'x',
      configRevision: revision,
      auditSeq: before + 1,
    })
    expect(await bindings.CONTROL_DB.prepare('SELECT provider FROM handshake_tokens').first('provider')).toBe('p')
  })

  it('stands when R2 fails, and the next one copies again', async ({ expect }) => {
    const withoutR2 = { ...bindings, PAYLOADS: undefined } as unknown as ConfigBindings
    failures.length = 0
    const { configRevision } = await changeConfig(withoutR2, by, force('without-r2'), options)
    expect(failures).toHaveLength(1)
    expect((await readConfigInForce(bindings.CONTROL_DB)).revision).toBe(configRevision)
    expect((await readSnapshotFromR2(bindings.PAYLOADS))?.revision).toBe(configRevision - 1)
    await changeConfig(bindings, by, force('again'), options)
    expect((await readSnapshotFromR2(bindings.PAYLOADS))?.revision).toBe(configRevision + 1)
  })
})

describe('the copy in R2', () => {
  it('never goes back, whoever ends last', async ({ expect }) => {
    const old = await publishConfig(bindings, EMPTY_CONTENT, { author: 'a', reason: 'r', now: 1 })
    const { configRevision } = await changeConfig(bindings, by, force('newer'), options)
    await mirrorRevision(bindings, { revision: old.revision, text: JSON.stringify(old) })
    expect(JSON.parse((await (await bindings.PAYLOADS.get(CURRENT_KEY))?.text()) ?? '')).toMatchObject({
      revision: configRevision,
    })
  })
})
