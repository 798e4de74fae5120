import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { AppError } from '../core/errors.ts'
import { appendAudit, changeAudited } from './append.ts'
import { getAudit, listAudit } from './queries.ts'
import { readForged } from './read-chain.ts'
import { type AuditEntryInput, GENESIS_HASH } from './row.ts'
import { verifyChain } from './verify.ts'

const db = (env as unknown as { CONTROL_DB: D1Database }).CONTROL_DB

const entry = (changes: Partial<AuditEntryInput> = {}): AuditEntryInput => ({
  at: 1_000,
  actor: { kind: 'user', id: 'operator@example.com' },
  role: 'operator',
  door: 'control',
  action: 'dead_letter.replayed',
  target: 'job_1.1',
  reason: 'because',
  intentSeq: null,
  before: { status: 'dead' },
  after: { status: 'queued' },
  ip: '203.0.113.7',
  requestId: 'req_1',
  ...changes,
})
const atOnce = { sleep: async () => {}, random: () => 0 }
const wholeChain = async () => (await listAudit(db, null, 1_000)).toReversed()

describe('audit log', () => {
  it('begins with the genesis hash and points each row at the one before', async ({ expect }) => {
    const first = await appendAudit(db, entry())
    const second = await appendAudit(db, entry({ intentSeq: first.seq }))
    expect(first).toMatchObject({ seq: 1, prevHash: GENESIS_HASH })
    expect(second).toMatchObject({ seq: 2, prevHash: first.hash, intentSeq: 1 })
    expect(await getAudit(db, 2)).toEqual(second)
    expect(await verifyChain(await wholeChain())).toMatchObject({ ok: true, checked: 2 })
  })

  it('stays one unbroken chain when 50 write at once', async ({ expect }) => {
    const before = (await wholeChain()).length
    const rows = await Promise.all(Array.from({ length: 50 }, (_, i) => appendAudit(db, entry({ target: `t${i}` }))))
    const chain = await wholeChain()
    expect(new Set(rows.map((row) => row.seq)).size).toBe(50)
    expect(chain).toHaveLength(before + 50)
    expect(await verifyChain(chain)).toMatchObject({ ok: true, checked: before + 50 })
    expect(new Set(chain.slice(before).map((row) => row.target)).size).toBe(50)
  }, 30_000)

  it('commits further statements with the row or not at all', async ({ expect }) => {
    const bind = (subject: string) =>
      db.prepare("INSERT INTO role_bindings (kind, subject, role, created_at) VALUES ('user', ?, 'viewer', 1)").bind(subject)
    const row = await appendAudit(db, entry(), (seq) => [bind(`with-${seq}`)])
    const found = await db.prepare('SELECT count(*) AS n FROM role_bindings WHERE subject = ?').bind(`with-${row.seq}`).first('n')
    expect(found).toBe(1)
    await expect(appendAudit(db, entry(), () => [bind('twice'), bind('twice')])).rejects.toThrow(/role_bindings/)
    expect((await wholeChain()).at(-1)?.seq).toBe(row.seq)
  })

  it('gives up after a bounded number of tries when the sequence is always taken', async ({ expect }) => {
    const waits: number[] = []
    const sleep = async (ms: number) => void waits.push(ms)
    const clash = (seq: number) => [
      db
        .prepare(
          'INSERT INTO audit_log (seq, at, actor_kind, actor_id, door, action, target, request_id, prev_hash, hash) SELECT seq, at, actor_kind, actor_id, door, action, target, request_id, prev_hash, hash FROM audit_log WHERE seq = ?1',
        )
        .bind(seq),
    ]
    await expect(appendAudit(db, entry(), clash, { sleep, random: () => 0.5 })).rejects.toMatchObject({ code: 'unavailable' })
    expect(waits).toHaveLength(39)
    expect(new Set(waits)).toEqual(new Set([150]))
  })

  it('has one row where a lost connection hid a commit that comes late, wherever it lands', async ({ expect }) => {
    for (const lands of ['before the next head is read', 'while it is decided again', 'before the next batch']) {
      let late: D1PreparedStatement[] | undefined
      const land = async () => {
        if (late) await db.batch(late)
        late = undefined
      }
      let batches = 0
      const slow = {
        prepare: (sql: string) => db.prepare(sql),
        async batch(statements: D1PreparedStatement[]) {
          if (batches++ === 0) {
            late = statements
            throw new Error('D1_ERROR: Network connection lost.')
          }
          await land()
          return db.batch(statements)
        },
      } as unknown as D1Database
      const subject = `late ${lands}`
      const sleep = async () => (lands.includes('head') ? land() : undefined)
      const isThere = async () =>
        (await db.prepare('SELECT 1 AS x FROM role_bindings WHERE subject = ?').bind(subject).first()) !== null
      const decide = async () => {
        if (lands.includes('decided')) await land()
        if (await isThere()) throw new AppError('conflict', 'It is there already.')
        const sql = "INSERT INTO role_bindings (kind, subject, role, created_at) VALUES ('user', ?, 'viewer', 1)"
        return { entry: entry({ target: subject }), statements: [db.prepare(sql).bind(subject)], value: subject }
      }
      const before = (await wholeChain()).length
      const { row } = await changeAudited(slow, decide, { sleep, random: () => 0 })
      const chain = await wholeChain()
      expect(chain.at(-1), lands).toEqual(row)
      expect(chain, lands).toHaveLength(before + 1)
      batches = 0
      await appendAudit(slow, entry(), () => [], { sleep, random: () => 0 })
      expect(await wholeChain(), lands).toHaveLength(before + 2)
    }
  })

  it('keeps text that is no well-formed Unicode so that its hash still fits', async ({ expect }) => {
    const bad = 'a\ud800b'
    const changes = { reason: bad, target: bad, requestId: `${bad}\ufeff`, before: { [bad]: bad }, after: bad, ray: bad }
    const row = await appendAudit(db, entry({ ...changes, actor: { kind: 'user', id: bad } }))
    expect(row.reason?.isWellFormed()).toBe(true)
    expect(await getAudit(db, row.seq)).toEqual(row)
    expect(await verifyChain(await wholeChain())).toMatchObject({ ok: true })
    expect(row).toMatchObject({ reason: 'a\ufffdb', actorId: 'a\ufffdb' })
  })

  it('says of an outcome that came after the intent was concluded without it, that it did', async ({ expect }) => {
    const intent = await appendAudit(db, entry({ action: 'client_call.requested' }))
    const conclude = (action: 'intent.reconciled' | 'client_call.made', after: unknown) => {
      const outcome = entry({ action, intentSeq: intent.seq, after })
      return appendAudit(db, outcome, () => [], atOnce)
    }
    expect((await conclude('client_call.made', { status: 200 })).after).toBe('{"status":200}')
    const reconciled = await conclude('intent.reconciled', { intent: 'client_call.requested' })
    expect((await conclude('client_call.made', { status: 200 })).after).toBe(`{"status":200,"reconciledBy":${reconciled.seq}}`)
    expect((await conclude('client_call.made', null)).after).toBe(`{"reconciledBy":${reconciled.seq}}`)
  })

  it('begins at 1 and shows nothing below, whatever was put there', async ({ expect }) => {
    const chain = await wholeChain()
    await db
      .prepare(
        'INSERT INTO audit_log SELECT -1, at, actor_kind, actor_id, role, door, action, target, reason, intent_seq, "before", "after", ip, request_id, prev_hash, hash, v, ray, impersonation, acting_as FROM audit_log WHERE seq = 1',
      )
      .run()
    expect(await wholeChain()).toEqual(chain)
    expect(await getAudit(db, -1)).toBeNull()
    expect(await readForged(db)).toBe(-1)
    await db.prepare('DELETE FROM audit_log WHERE seq < 1').run()
    expect(await readForged(db)).toBeNull()
  })

  it('leaves secrets out of before and after', async ({ expect }) => {
    const row = await appendAudit(
      db,
      entry({ before: { name: 'x', apiKey: 'k' }, after: { nested: [{ Authorization: 'Bearer y' }] } }),
    )
    expect(row.before).toBe('{"name":"x","apiKey":"[redacted]"}')
    expect(row.after).toBe('{"nested":[{"Authorization":"[redacted]"}]}')
  })

  it('lists newest first from a sequence on', async ({ expect }) => {
    const all = await listAudit(db, null, 1_000)
    const page = await listAudit(db, all[1]?.seq ?? 0, 2)
    expect(page).toEqual(all.slice(2, 4))
  })
})
