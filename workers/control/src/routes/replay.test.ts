import { beforeAll, describe, it } from 'vitest'
import { verifyChain } from '@orchestrator/shared/audit/verify'
import { listAudit } from '@orchestrator/shared/audit/queries'
import {
  auditEntry,
  type AuditEntry,
  MAX_REASON_LENGTH,
  replayResponse,
  type ReplayResponse,
} from '@orchestrator/shared/contracts/control-api'
import { deadJobRow, deadLetterRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import {
  answer,
  ask,
  type AskOptions,
  bindings,
  bindPeople,
  CONSOLE_ORIGIN,
  intentIsOpen,
  publishTestConfig,
  withBrokenTable,
} from '../testing/harness.ts'
import { deadJob, readJob } from '../testing/jobs.ts'
import { serviceToken } from '../testing/tokens.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const replay = (id: string, options: AskOptions = {}) =>
  ask(`/v1/dead-letters/${id}/replay`, { method: 'POST', as: 'operator', body: { reason: 'billing is back' }, ...options })
const audit = async () => (await answer<{ items: AuditEntry[] }>(ask('/v1/audit', { as: 'auditor' }))).items

describe('replaying a dead letter', () => {
  it('puts the job back to work and tells who, why, before and after', async ({ expect }) => {
    const job = await deadJob()
    const headers = { 'cf-connecting-ip': '203.0.113.9', origin: CONSOLE_ORIGIN }
    const done = await answer<ReplayResponse>(replay(`${job.id}.1`, { headers, body: { reason: '  billing is back  ' } }))
    expect(replayResponse.strict().parse(done)).toEqual(done)
    expect(done).toMatchObject({ deadLetterId: `${job.id}.1`, jobId: job.id, generation: 2, status: 'queued' })
    expect(await readJob(job.id)).toMatchObject({ state: 'queued', generation: 2, attempts: 0 })

    const [outcome, intent] = await audit()
    const who = { actor: { kind: 'user', id: 'operator@example.com' }, role: 'operator', door: 'control', ip: '203.0.113.9' }
    const what = { target: `${job.id}.1`, reason: 'billing is back' }
    const before = {
      status: 'dead',
      generation: 1,
      class: 'upstream_failed',
      error: 'status 500',
      attempts: 4,
      jobId: job.id,
      queue: 'webhook',
    }
    expect(intent).toMatchObject({
      ...who,
      ...what,
      action: 'dead_letter.replay_requested',
      before,
      after: { config: 'pinned', idempotencyKey: 'same' },
      intentSeq: null,
    })
    expect(outcome).toMatchObject({
      ...who,
      ...what,
      action: 'dead_letter.replayed',
      before,
      after: { status: 'queued', generation: 2, messageSent: true },
      intentSeq: intent?.seq,
      seq: done.auditSeq,
    })
    expect(auditEntry.strict().parse(outcome)).toEqual(outcome)
    expect(await answer(ask(`/v1/audit/${done.auditSeq}`, { as: 'admin' }))).toEqual(outcome)
    const letter = await answer(ask(`/v1/dead-letters/${job.id}.1`, { as: 'viewer' }))
    expect(letter).toMatchObject({ status: 'replayed', closedAt: expect.any(String) as string })
  })

  it('gives the job another sweep after the configured grace', async ({ expect }) => {
    const job = await deadJob()
    await answer(replay(`${job.id}.1`))
    const row = await readJob(job.id)
    expect(Number(row?.['wake_at']) - Number(row?.['due_at'])).toBe(15_000)
  })

  it('is refused without a reason, with a blank one and with an endless one, naming the field', async ({ expect }) => {
    const job = await deadJob()
    const before = (await audit()).length
    const bodies: unknown[] = [
      {},
      '',
      { reason: '' },
      { reason: '   ' },
      { reason: 'x'.repeat(MAX_REASON_LENGTH + 1) },
      { reason: 5 },
      [],
    ]
    for (const body of bodies) {
      const response = await replay(`${job.id}.1`, { body })
      expect(response.status, JSON.stringify(body)).toBe(400)
      const problem = await response.json<{ code: string; issues: { path: string }[] }>()
      expect(problem.code).toBe('validation_failed')
      expect(problem.issues[0]?.path).toBe(Array.isArray(body) ? '' : 'reason')
    }
    expect((await replay(`${job.id}.1`, { body: { reason: 'r', force: true } })).status).toBe(400)
    expect((await replay(`${job.id}.1`, { body: '{' })).status).toBe(400)
    expect(await readJob(job.id)).toMatchObject({ state: 'dead' })
    expect(await audit()).toHaveLength(before)
  })

  it('takes a reason of full length', async ({ expect }) => {
    const job = await deadJob()
    const reason = 'ä'.repeat(MAX_REASON_LENGTH)
    expect((await replay(`${job.id}.1`, { body: { reason } })).status).toBe(200)
    expect((await audit())[0]?.reason).toBe(reason)
  })

  it('wants JSON that says so, and not too much of it', async ({ expect }) => {
    const job = await deadJob()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const response = await replay(`${job.id}.1`, { headers: { 'content-type': type }, body: '{"reason":"r"}' })
      expect(response.status, type).toBe(415)
    }
    expect((await replay(`${job.id}.1`, { body: { reason: 'x'.repeat(1_100_000) } })).status).toBe(413)
    const charset = { 'content-type': 'application/json; charset=utf-8' }
    expect((await replay(`${job.id}.1`, { headers: charset, body: '{"reason":"r"}' })).status).toBe(200)
  })

  it('is refused to a viewer before anything else is looked at, and the refusal is audited', async ({ expect }) => {
    const job = await deadJob()
    const response = await replay(`${job.id}.1`, { as: 'viewer', body: { reason: '' } })
    expect(response.status).toBe(403)
    expect(await readJob(job.id)).toMatchObject({ state: 'dead' })
    expect((await audit())[0]).toMatchObject({
      action: 'access.refused',
      actor: { kind: 'user', id: 'viewer@example.com' },
      role: 'viewer',
      target: `POST /v1/dead-letters/${job.id}.1/replay`,
    })
  })

  it('audits refusals of changes for people without a role and for foreign origins, but not of reads', async ({ expect }) => {
    expect((await replay('x', { as: 'nobody' })).status).toBe(403)
    expect((await audit())[0]).toMatchObject({ action: 'access.refused', actor: { id: 'nobody@example.com' }, role: null })
    expect((await replay('x', { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await audit())[0]).toMatchObject({ action: 'access.refused', reason: 'the request came from a foreign origin' })
    const before = (await audit()).length
    expect((await ask('/v1/jobs', { as: 'nobody' })).status).toBe(403)
    expect(await audit()).toHaveLength(before)
  })

  it('is open to a service token bound to the role', async ({ expect }) => {
    const job = await deadJob()
    const token = await serviceToken('deploy.access')
    expect((await replay(`${job.id}.1`, { token })).status).toBe(200)
    expect((await audit())[0]).toMatchObject({ actor: { kind: 'service', id: 'deploy.access' }, role: 'operator' })
    expect((await replay(`${job.id}.1`, { token: await serviceToken('unbound') })).status).toBe(403)
  })

  it('answers 409 the second time, and is done once when ten ask at once', async ({ expect }) => {
    const job = await deadJob()
    await answer(replay(`${job.id}.1`))
    const again = await replay(`${job.id}.1`)
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ code: 'conflict', detail: expect.stringContaining('replayed') as string })

    const contested = await deadJob()
    const answers = await Promise.all(Array.from({ length: 10 }, () => replay(`${contested.id}.1`)))
    expect(answers.filter((one) => one.status === 200)).toHaveLength(1)
    expect(answers.filter((one) => one.status === 409)).toHaveLength(9)
    expect(await readJob(contested.id)).toMatchObject({ generation: 2 })
    const outcomes = (await audit()).filter((one) => one.target === `${contested.id}.1` && one.action === 'dead_letter.replayed')
    expect(outcomes).toHaveLength(1)
  })

  it('answers 404 for what does not exist and 409 for what only holds a message', async ({ expect }) => {
    for (const id of ['x', `${testId('job', 1)}.1`, 'job_9901ARZ3NDEKTSV4RRFFQ69G5FAV.1']) {
      expect((await replay(id)).status, id).toBe(404)
    }
    const job = deadJobRow({ id: testId('job', 1) })
    await insertRows(bindings.DATA_01, 'dead_letters', deadLetterRow(job, { message: '{}', class: 'poison' }))
    const response = await replay(`${job.id}.1`)
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('only holds a message') as string })
    expect((await audit())[0]).toMatchObject({ action: 'dead_letter.replay_failed', after: { outcome: 'no_job' } })
  })

  it('answers 503 and leaves its intent open when the database does not tell what came of it', async ({ expect }) => {
    const job = await deadJob()
    await withBrokenTable(bindings.DATA_01, 'jobs', async () => {
      const response = await replay(`${job.id}.1`)
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ detail: expect.stringContaining('DATA_01') as string })
    })
    const [intent] = await audit()
    expect(await intentIsOpen(intent?.seq)).toBe(true)
    expect(intent).toMatchObject({ action: 'dead_letter.replay_requested' })
    expect((await replay(`${job.id}.1`)).status).toBe(200)
  })

  it('does nothing when the intent cannot be written down', async ({ expect }) => {
    const job = await deadJob()
    await withBrokenTable(bindings.CONTROL_DB, 'audit_log', async () => {
      expect((await replay(`${job.id}.1`)).status).toBe(503)
    })
    expect(await readJob(job.id)).toMatchObject({ state: 'dead', generation: 1 })
  })

  it('leaves an unbroken chain behind', async ({ expect }) => {
    const rows = (await listAudit(bindings.CONTROL_DB, null, 1_000)).toReversed()
    expect(rows.length).toBeGreaterThan(20)
    expect(await verifyChain(rows)).toMatchObject({ ok: true, checked: rows.length })
  })
})

describe('the audit log', () => {
  it('comes newest first, page by page', async ({ expect }) => {
    const all = await audit()
    const first = await answer<{ items: AuditEntry[]; nextCursor: string }>(ask('/v1/audit?limit=3', { as: 'admin' }))
    const second = await answer<{ items: AuditEntry[] }>(ask(`/v1/audit?limit=3&cursor=${first.nextCursor}`, { as: 'admin' }))
    expect([...first.items, ...second.items]).toEqual(all.slice(0, 6))
  })

  it('has no entry under a number that was never given', async ({ expect }) => {
    for (const seq of ['0', '999999', 'x', '1.5']) {
      expect((await ask(`/v1/audit/${seq}`, { as: 'auditor' })).status, seq).toBe(404)
    }
  })
})
