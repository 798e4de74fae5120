import type { AuditAction } from '@orchestrator/shared/contracts/audit'
import type { AuditVerification } from '@orchestrator/shared/contracts/audit-api'
import { SLOTS_PER_MINUTE } from '@orchestrator/shared/core/rejection-sampler'
import { eventRow, inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import { reconcileIntents } from '../audit/reconcile-intents.ts'
import { summariseStrangers } from '../audit/summarise-strangers.ts'
import { entry, rowsFrom, taskDeps, tipSeq } from '../testing/audit.ts'
import { answer, ask, bindings, bindPeople, emailOf, publishTestConfig, withBrokenTable } from '../testing/harness.ts'

const { CONTROL_DB: db, DATA_00 } = bindings
const MINUTE = 60_000
const DAY = 86_400_000

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const open = async () =>
  (await db.prepare('SELECT seq FROM open_intents ORDER BY seq').all<{ seq: number }>()).results.map(({ seq }) => seq)
const intend = async (action: AuditAction, target: string, at = Date.now() - 3 * MINUTE) =>
  (await taskDeps.appendAudit(entry({ action, target, at }))).seq
/** The outcomes written since a sequence, by their intent. */
const outcomes = async (seq: number) =>
  Object.fromEntries((await rowsFrom(seq)).map((row) => [row.intentSeq, JSON.parse(row.after ?? 'null') as unknown]))
let logSeq = 1_000
/** A row of DATA's log that tells of an intent. */
async function event(type: string, auditSeq: number): Promise<string> {
  await insertRows(DATA_00, 'events', eventRow(++logSeq, { at: 5_000, events: JSON.stringify([{ type, data: { auditSeq } }]) }))
  return `[${logSeq}]`
}

describe('an intent that nobody concluded', () => {
  it('is concluded by what the data tells, once, however many look', async ({ expect }) => {
    const [done, undone] = [testId('job', 0), testId('job', 0)]
    const [hook, gone] = [testId('whk', 0), testId('job', 0)]
    const replay = await intend('dead_letter.replay_requested', `${done}.1`)
    const discard = await intend('dead_letter.discard_requested', `${undone}.1`)
    const webhook = await intend('webhook.replay_requested', hook)
    const lost = await intend('job.cancel_requested', gone)
    const tested = await intend('connector.test_requested', 'connector:billing')
    const young = await intend('dead_letter.replay_requested', `${done}.1`, Date.now() - MINUTE)
    await insertRows(DATA_00, 'jobs', jobRow({ id: done, log: await event('job.replayed', replay) }))
    await insertRows(DATA_00, 'jobs', jobRow({ id: undone, log: await event('job.replayed', replay) }))
    await insertRows(DATA_00, 'inbox', inboxRow({ id: hook, log: await event('webhook.replayed', webhook) }))
    expect(await open()).toEqual([replay, discard, webhook, lost, tested, young])

    await Promise.all([reconcileIntents(taskDeps), reconcileIntents(taskDeps), reconcileIntents(taskDeps)])
    const at = '1970-01-01T00:00:05.000Z'
    expect(await outcomes(young + 1)).toEqual({
      [replay]: { intent: 'dead_letter.replay_requested', outcome: 'done', events: [{ type: 'job.replayed', at }] },
      [discard]: { intent: 'dead_letter.discard_requested', outcome: 'not_done' },
      [webhook]: { intent: 'webhook.replay_requested', outcome: 'done', events: [{ type: 'webhook.replayed', at }] },
      [lost]: { intent: 'job.cancel_requested', outcome: 'unknown' },
      [tested]: { intent: 'connector.test_requested', outcome: 'unknown' },
    })
    const rows = await rowsFrom(young + 1)
    expect(rows).toHaveLength(5)
    expect(rows[0]).toMatchObject({ action: 'intent.reconciled', actorKind: 'system', door: 'system', target: `${done}.1` })
    expect(await open()).toEqual([young])
    await reconcileIntents(taskDeps)
    expect(await tipSeq()).toBe(young + 5)
    await taskDeps.appendAudit(entry({ action: 'dead_letter.replayed', intentSeq: young }))
  }, 20_000)

  it('waits for the data to come back, and is given up after a day', async ({ expect }) => {
    const job = testId('job', 0)
    await insertRows(DATA_00, 'jobs', jobRow({ id: job }))
    const seq = await intend('dead_letter.replay_requested', `${job}.1`)
    const old = await intend('dead_letter.replay_requested', `${job}.1`, Date.now() - DAY)
    await withBrokenTable(DATA_00, 'jobs', () => reconcileIntents(taskDeps))
    expect(await open()).toEqual([seq])
    expect(await outcomes(old + 1)).toEqual({ [old]: { intent: 'dead_letter.replay_requested', outcome: 'unknown' } })
    await reconcileIntents(taskDeps)
    expect(await open()).toEqual([])
    expect(await outcomes(old + 2)).toEqual({ [seq]: { intent: 'dead_letter.replay_requested', outcome: 'not_done' } })
  }, 20_000)

  it('has its turn also where many others stand in its way', async ({ expect }) => {
    const job = testId('job', 0)
    await insertRows(DATA_00, 'jobs', jobRow({ id: job }))
    for (let i = 0; i < 50; i++) await intend('dead_letter.replay_requested', `${job}.1`)
    const last = await intend('provider.test_requested', 'provider:stripe')
    await withBrokenTable(DATA_00, 'jobs', async () => {
      await reconcileIntents(taskDeps)
      expect(await open()).toHaveLength(51)
      await reconcileIntents(taskDeps)
      expect(await open()).not.toContain(last)
    })
    await reconcileIntents(taskDeps)
    expect(await open()).toEqual([])
  }, 60_000)
})

describe('strangers', () => {
  it('are counted, without a row for each, and told in the chain once a minute', async ({ expect }) => {
    await db.prepare('DELETE FROM refused_callers').run()
    const before = await tipSeq()
    for (let i = 0; i < 60; i++) {
      const headers = { 'cf-connecting-ip': `203.0.113.${i < 50 ? 1 : i}` }
      const response = await ask(`/v1/jobs?secret=hidden${i}`, i % 2 ? { token: 'nonsense-token', headers } : { headers })
      expect(response.status).toBe(401)
    }
    expect(await tipSeq()).toBe(before)
    const sample = await db.prepare('SELECT * FROM refused_callers').all()
    expect(sample.results.length).toBeGreaterThan(0)
    expect(sample.results.length).toBeLessThanOrEqual(SLOTS_PER_MINUTE)
    expect(sample.results[0]).toMatchObject({ method: 'GET', path: '/v1/jobs', ip: '203.0.113.1' })
    expect(JSON.stringify(sample.results)).not.toMatch(/hidden|nonsense/)

    await summariseStrangers(taskDeps)
    expect(await tipSeq()).toBe(before)
    const later = { ...taskDeps, now: () => Date.now() + 3 * MINUTE }
    await Promise.all([summariseStrangers(later), summariseStrangers(later)])
    const rows = await rowsFrom(before + 1)
    const minutes = new Set(sample.results.map(({ minute }) => minute))
    expect(rows).toHaveLength(minutes.size)
    expect(rows[0]).toMatchObject({ action: 'access.strangers_refused', actorKind: 'system', target: 'access' })
    const told = JSON.parse(rows[0]?.after ?? '') as { count: number; reasons: { reason: string }[]; addresses: { ip: string }[] }
    expect(told.count).toBeGreaterThan(0)
    expect(['token_missing', 'token_malformed']).toContain(told.reasons[0]?.reason)
    expect(told.addresses.length).toBeLessThanOrEqual(5)
    expect(told.addresses[0]?.ip).toBe('203.0.113.1')
    await summariseStrangers({ ...taskDeps, now: () => Date.now() + 31 * DAY })
    expect(await db.prepare('SELECT count(*) AS n FROM refused_callers').first('n')).toBe(0)
    expect(await tipSeq()).toBe(before + minutes.size)
  }, 20_000)

  it('are refused all the same when they cannot be written down', async ({ expect }) => {
    await withBrokenTable(db, 'refused_callers', async () => {
      for (let i = 0; i < 10; i++) expect((await ask('/v1/jobs')).status).toBe(401)
    })
  })
})

describe('people who are known', () => {
  it('cannot flood the log by being refused', async ({ expect }) => {
    const before = await tipSeq()
    for (let i = 0; i < 10; i++) {
      expect((await ask('/v1/policies', { as: 'viewer', method: 'POST', body: { id: `p${i}` } })).status).toBe(403)
    }
    await ask('/v1/clients', { as: 'viewer', method: 'POST', body: {} })
    const rows = await rowsFrom(before + 1)
    const told = rows.reduce(
      (sum, { after }) => sum + ((JSON.parse(after ?? '{}') as { refusalsLeftOut?: number }).refusalsLeftOut ?? 0),
      0,
    )
    // Two rows, or one more where a minute ended meanwhile.
    expect(rows.length).toBeLessThanOrEqual(3)
    expect(rows.length + told).toBe(11)
    expect(rows.at(-1)).toMatchObject({ action: 'access.refused', actorId: emailOf('viewer'), target: 'POST /v1/clients' })
  }, 20_000)
})

describe('fifty who change something at once', () => {
  it('leave one unbroken chain, in which each change has its row', async ({ expect }) => {
    const before = await tipSeq()
    const policy = { timeout: { perAttemptMs: 1_000, totalMs: 60_000 } }
    const reason = 'all at once'
    const changes = Array.from({ length: 50 }, (_, i) => {
      if (i % 3 === 0) return ask('/v1/policies', { as: 'admin', method: 'POST', body: { id: `p${i}`, ...policy, reason } })
      const binding = { kind: 'user', subject: `person${i}@example.com`, role: 'viewer', reason }
      if (i % 3 === 1) return ask('/v1/role-bindings', { as: 'admin', method: 'POST', body: binding })
      return ask(`/v1/policies/p${i}/clone`, { as: 'viewer', method: 'POST', body: { id: 'x', reason } })
    })
    const statuses = await Promise.all(changes.map(async (one) => (await one).status))
    expect(statuses.toSorted((a, b) => a - b)).toEqual([...Array<number>(34).fill(201), ...Array<number>(16).fill(403)])
    const rows = await rowsFrom(before + 1)
    expect(rows).toHaveLength(50)
    const of = (action: string) => new Set(rows.filter((row) => row.action === action).map(({ target }) => target)).size
    expect([of('policy.created'), of('role_binding.created'), of('access.refused')]).toEqual([17, 17, 16])
    const verdict = await answer<AuditVerification>(ask('/v1/audit/verify', { as: 'auditor' }))
    expect(verdict).toMatchObject({ ok: true, checked: before + 50, next: null })
    const { revision } = await taskDeps.configInForce()
    expect(revision).toBe(18)
  }, 60_000)
})
