import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { AuditAction } from '@orchestrator/shared/contracts/audit'
import type { AuditVerification } from '@orchestrator/shared/contracts/audit-api'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import { DeadlineError } from '@orchestrator/shared/core/clock'
import { AppError } from '@orchestrator/shared/core/errors'
import { SLOTS_PER_MINUTE } from '@orchestrator/shared/core/rejection-sampler'
import { toTime } from '@orchestrator/shared/core/time'
import { deadJobRow, eventRow, inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import { reconcileIntents } from '../audit/reconcile-intents.ts'
import { summariseStrangers } from '../audit/summarise-strangers.ts'
import type { Operation } from '../bulk-operations/operation.ts'
import { tellEnd } from '../bulk-operations/tell.ts'
import { cancelByOperator } from '../jobs/cancel.ts'
import { resolveByOperator } from '../jobs/resolve.ts'
import { releaseOrderingKey } from '../ordering-keys/release.ts'
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
const intend = async (action: AuditAction, target: string, at = Date.now() - 6 * MINUTE) =>
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
    const young = await intend('dead_letter.replay_requested', `${done}.1`, Date.now() - 4 * MINUTE)
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

  it('is concluded by what was really done: cancelled, resolved, released', async ({ expect }) => {
    const died = {
      ...taskDeps,
      appendAudit: (one: AuditEntryInput) =>
        one.intentSeq === null ? taskDeps.appendAudit(one) : Promise.reject(new Error('its isolate died')),
    }
    const by = { ...entry({ at: Date.now() - 6 * MINUTE }) }
    const [waiting, stuck, other] = [
      jobRow({ id: testId('job', 0) }),
      jobRow({ id: testId('job', 0), state: 'running' }),
      testId('job', 0),
    ]
    // A key is a client's text, and may look like a job's id.
    const key = `of ${waiting.id}`
    const blocking = deadJobRow({ id: testId('job', 0), orderingKey: key, n: 1, onDeath: 'block' })
    await insertRows(DATA_00, 'jobs', waiting, { ...stuck, token: 'old', leaseUntil: 5_000 }, blocking)
    await insertRows(DATA_00, 'jobs', jobRow({ id: other, orderingKey: key, n: 2, onDeath: 'block', state: 'held' }))
    const before = await tipSeq()
    await cancelByOperator(died, by, waiting.id, 'x')
    await resolveByOperator(died, by, stuck.id, { reason: 'x', as: 'succeeded', force: true })
    await releaseOrderingKey(died, by, { key, reason: 'x' })
    expect(await open()).toEqual([before + 1, before + 2, before + 3])
    await reconcileIntents(taskDeps)
    const told = Object.values(await outcomes(before + 4)) as { outcome: string; events: { type: string }[] }[]
    expect(told.map(({ outcome, events }) => [outcome, ...events.map(({ type }) => type)])).toEqual([
      ['done', 'job.cancelled'],
      ['done', 'job.resolved'],
      ['done', 'ordering_key.released'],
    ])
  }, 20_000)

  it('does not wait again and again for a database that hangs, and goes on there when it was cut off', async ({ expect }) => {
    const there = testId('job', 0)
    await insertRows(DATA_00, 'jobs', jobRow({ id: there }))
    let [asked, time] = [0, Date.now()]
    const hangs = async (): Promise<never> => {
      asked++
      time += 3_000
      throw new AppError('unavailable', 'DATA_01 does not answer', { cause: new DeadlineError('DATA_01 took longer') })
    }
    const deps = {
      ...taskDeps,
      now: () => time,
      shardOf: (id: string) => {
        const shard = taskDeps.shardOf(id)
        return shard?.number === 1 ? { ...shard, read: hangs } : shard
      },
    }
    const seqs: number[] = []
    for (let i = 0; i < 4; i++) seqs.push(await intend('job.cancel_requested', testId('job', 1)))
    await intend('job.cancel_requested', there)
    await reconcileIntents(deps)
    expect(asked).toBe(1)
    expect(await open()).toEqual(seqs)
    const last = await intend('job.cancel_requested', there)
    const cutOff = { ...deps, changeAudited: () => Promise.reject(new Error('cut off')) }
    await expect(reconcileIntents(cutOff)).rejects.toThrow('cut off')
    expect(await db.prepare("SELECT position FROM cursors WHERE name = 'open-intents'").first('position')).toBe(seqs[0])
    for (let i = 0; i < 2; i++) await reconcileIntents(taskDeps)
    expect(await open()).not.toContain(last)
    expect(await open()).toEqual([])
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

describe('a bulk operation that ended long ago', () => {
  it('is told once, under the time at which it is told, with that of its end', async ({ expect }) => {
    const id = testId('job', 0).replace('job', 'blk')
    const finishedAt = Date.now() - DAY
    const operation = { id, status: 'done', auditSeq: 1, finishedAt, position: {}, total: 3, done: 3, skipped: 0, failed: 0 }
    const from = Date.now()
    const tell = () => tellEnd(taskDeps, operation as unknown as Operation)
    await Promise.all([tell(), tell()])
    await tell()
    const query = `/v1/audit?target=${id}&from=${toTime(from)}`
    const { items } = await answer<{ items: AuditEntry[] }>(ask(query, { as: 'auditor' }))
    expect(items).toMatchObject([{ action: 'bulk_operation.finished', after: { status: 'done', since: toTime(finishedAt) } }])
  })
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
