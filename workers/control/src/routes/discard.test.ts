import { type AuditEntry, discardResponse, type DiscardResponse } from '@orchestrator/shared/contracts/control-api'
import { insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'
import { answer, bindings, bindPeople, intentIsOpen, publishTestConfig, withBrokenTable } from '../testing/harness.ts'
import { deadJob } from '../testing/jobs.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const discard = (id: string, body: object = { reason: 'refunded by hand' }) =>
  write('POST', `/v1/dead-letters/${id}/discard`, body, { as: 'operator' })
const since = async (seq: number) => (await auditLog()).filter((entry: AuditEntry) => entry.seq > seq)

describe('discarding a dead letter', () => {
  it('closes it and tells who, why, before and after', async ({ expect }) => {
    const job = await deadJob()
    const id = `${job.id}.1`
    const done = await answer<DiscardResponse>(discard(id))
    expect(discardResponse.strict().parse(done)).toEqual({
      deadLetterId: id,
      jobId: job.id,
      status: 'discarded',
      auditSeq: done.auditSeq,
    })
    const [outcome, intent] = await auditLog()
    const what = { target: id, reason: 'refunded by hand', before: { status: 'dead', generation: 1, jobId: job.id } }
    expect(intent).toMatchObject({ ...what, action: 'dead_letter.discard_requested', intentSeq: null, after: null })
    expect(outcome).toMatchObject({
      ...what,
      seq: done.auditSeq,
      action: 'dead_letter.discarded',
      intentSeq: intent?.seq,
      after: { status: 'discarded', freed: [] },
    })
    expect(await read(`/v1/dead-letters/${id}`)).toMatchObject({ status: 'discarded', closedAt: expect.any(String) as string })
    const { events } = await read<{ events: object[] }>(`/v1/jobs/${job.id}`)
    expect(events).toMatchObject([{ type: 'dead_letter.discarded', data: { auditSeq: intent?.seq } }])
    expect((await read<{ items: object[] }>(`/v1/events?jobId=${job.id}&type=dead_letter.discarded`)).items).toEqual(events)
  })

  it('may be repeated, and writes nothing more', async ({ expect }) => {
    const job = await deadJob()
    const { auditSeq } = await answer<DiscardResponse>(discard(`${job.id}.1`))
    expect(await answer(discard(`${job.id}.1`))).toMatchObject({ status: 'discarded', auditSeq: null })
    expect(await since(auditSeq ?? 0)).toEqual([])
  })

  it('gives the next job of its ordering key its turn', async ({ expect }) => {
    const line = { orderingKey: 'account-7', onDeath: 'block' as const }
    const job = await deadJob({ ...line, n: 1 })
    const next = jobRow({ id: testId('job', 1), ...line, n: 2, wakeAt: 9e12 })
    await insertRows(bindings.DATA_01, 'jobs', next)
    await answer(discard(`${job.id}.1`))
    expect((await auditLog())[0]).toMatchObject({ after: { freed: [next.id] } })
    expect(await read(`/v1/jobs/${job.id}`)).toMatchObject({ status: 'dead', onDeath: 'release' })
    const woken = await bindings.DATA_01.prepare('SELECT wake_at FROM jobs WHERE id = ?').bind(next.id).first<number>('wake_at')
    expect(woken).toBeLessThan(Date.now() + 60_000)
  })

  it('is refused where there is none, or where it was replayed, or without a reason', async ({ expect }) => {
    expect((await discard(`${testId('job', 1)}.1`)).status).toBe(404)
    expect((await discard('x')).status).toBe(404)
    const job = await deadJob()
    await answer(write('POST', `/v1/dead-letters/${job.id}.1/replay`, { reason: 'r' }))
    const refused = await answer<{ detail: string }>(discard(`${job.id}.1`), 409)
    expect(refused.detail).toContain('it was replayed')
    expect(Object.keys(await issuesOf(discard(`${job.id}.1`, {})))).toEqual(['reason'])
    expect((await write('POST', `/v1/dead-letters/${job.id}.1/discard`, { reason: 'r' }, { as: 'viewer' })).status).toBe(403)
  })

  it('leaves its intent open where the database does not tell what came of it', async ({ expect }) => {
    const job = await deadJob()
    const response = await withBrokenTable(bindings.DATA_01, 'events', () => discard(`${job.id}.1`))
    expect(response.status).toBe(503)
    const [intent] = await auditLog()
    expect(intent).toMatchObject({ action: 'dead_letter.discard_requested' })
    expect(await intentIsOpen(intent?.seq)).toBe(true)
    expect(await read(`/v1/dead-letters/${job.id}.1`)).toMatchObject({ status: 'open' })
  })
})
