import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, it } from 'vitest'
import worker from '../index.ts'
import { answer, ask, bindings, bindPeople, intentIsOpen, publishTestConfig, withBrokenTable } from '../testing/harness.ts'
import { begin, ends, operation, replayTarget, someConnector, someDead, started, storyWith } from '../testing/bulk.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const decide = (id: string, decision: string) =>
  ask(`/v1/bulk-operations/${id}/${decision}`, { method: 'POST', as: 'operator', body: { reason: 'just a moment' } })

describe('a bulk operation', () => {
  it.for([undefined, 'broken-1'])(
    'that was audited but not written is completed by the same request again, with the key %s',
    async (idempotencyKey, { expect }) => {
      const connector = someConnector()
      await someDead(2, () => ({ job: { connector } }))
      const body = { target: replayTarget({ connector }) }
      const key = idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } }
      const said = await withBrokenTable(bindings.DATA_01, 'bulk_operations', async () => {
        const response = await begin(body, key)
        expect(response.status).toBe(503)
        return (await response.json<{ detail: string }>()).detail
      })
      const { id, auditSeq } = await started(body, key)
      expect(said).toContain(`/v1/bulk-operations/${id}`)
      expect(await intentIsOpen(auditSeq)).toBe(false)
      expect(await ends(id)).toMatchObject({ status: 'done', done: 2 })
      const story = await storyWith(id, 'bulk_operation.finished')
      expect(story.map(({ after }) => after)).toMatchObject([{ count: 2 }, { status: 'done' }])
      // Whoever asks after that asks for another one.
      expect((await begin(body)).status).toBe(422)
    },
  )

  it('that was audited but never written is concluded by what the data tells, and then begun anew', async ({ expect }) => {
    const connector = someConnector()
    await someDead(2, () => ({ job: { connector } }))
    const body = { target: replayTarget({ connector }) }
    const key = { headers: { 'idempotency-key': 'broken-2' } }
    await withBrokenTable(bindings.DATA_01, 'bulk_operations', () => begin(body, key))
    const old = `UPDATE open_intents SET at = 5 WHERE seq = (SELECT max(seq) FROM audit_log WHERE action = 'bulk_operation.started')`
    const lost = await bindings.CONTROL_DB.prepare(`${old} RETURNING seq`).first<{ seq: number }>()
    await worker.scheduled({} as ScheduledController, env, createExecutionContext())
    expect(await intentIsOpen(lost?.seq)).toBe(false)
    const sql = 'SELECT target, after FROM audit_log WHERE intent_seq = ?'
    const told = await bindings.CONTROL_DB.prepare(sql).bind(lost?.seq).first<{ target: string; after: string }>()
    expect(JSON.parse(told?.after ?? '')).toEqual({ intent: 'bulk_operation.started', outcome: 'not_done' })
    const { id } = await started(body, key)
    expect(id).not.toBe(told?.target)
    expect(await ends(id)).toMatchObject({ status: 'done', done: 2 })
  })

  it('tells of a decision what came of it, also when two decide at once or the database does not answer', async ({ expect }) => {
    const connector = someConnector()
    await someDead(8, () => ({ job: { connector } }))
    const { id } = await started({ target: replayTarget({ connector }), ratePerSecond: 1 })
    const statuses = (await Promise.all([decide(id, 'pause'), decide(id, 'cancel'), decide(id, 'pause')])).map(
      ({ status }) => status,
    )
    expect(await operation(id)).toMatchObject({ status: 'cancelled' })
    const story = await storyWith(id, 'bulk_operation.finished')
    const outcomes = story.filter(({ intentSeq, actor }) => intentSeq !== null && actor.kind === 'user')
    const asked = story.filter(({ action }) => action === 'bulk_operation.decision_requested')
    expect(new Set(outcomes.map(({ intentSeq }) => intentSeq))).toEqual(new Set(asked.map(({ seq }) => seq)))
    expect(outcomes).toHaveLength(asked.length)
    expect(outcomes.filter(({ action }) => action === 'bulk_operation.cancelled')).toHaveLength(1)
    expect(outcomes.filter(({ action }) => action === 'bulk_operation.paused').length).toBeLessThanOrEqual(1)
    expect(statuses[1]).toBe(200)

    const other = await started({ target: replayTarget({ connector }), ratePerSecond: 1 })
    await bindings.DATA_01.prepare(
      `CREATE TRIGGER nobody_decides BEFORE UPDATE ON bulk_operations WHEN new.status = 'paused' BEGIN SELECT raise(ABORT, 'away'); END`,
    ).run()
    const response = await decide(other.id, 'pause')
    await bindings.DATA_01.prepare('DROP TRIGGER nobody_decides').run()
    expect(response.status).toBe(503)
    const [, intent, ...more] = await storyWith(other.id, 'bulk_operation.decision_requested')
    expect([intent?.after, more]).toEqual([{ decision: 'pause' }, []])
    expect(await intentIsOpen(intent?.seq)).toBe(true)
    expect(await answer(decide(other.id, 'cancel'))).toMatchObject({ status: 'cancelled' })
  })
})
