import { beforeAll, describe, it } from 'vitest'
import { operation, type Operation } from '@orchestrator/shared/contracts/connector'
import type { AuditEntry, ReplayResponse } from '@orchestrator/shared/contracts/control-api'
import { type InputDiff, inputDiff } from '@orchestrator/shared/contracts/replay-api'
import type { InboxRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { inboxRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import { inputDiff as compared } from '../dead-letters/input-diff.ts'
import { auditLog, issuesOf } from '../testing/config.ts'
import { answer, ask, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { deadJob, readJob } from '../testing/jobs.ts'

const SCHEMA = { type: 'object', properties: { id: { type: 'string' }, plan: { enum: ['free', 'pro'] } }, required: ['id'] }
const ROUTE = {
  id: 'stripe-subscriptions',
  provider: 'stripe',
  enabled: true,
  eventTypes: ['*'],
  filter: null,
  queue: 'webhook' as const,
  connector: 'billing',
  operation: 'set-subscription',
  input: '{"id": data.object.id, "plan": data.object.plan, "card_token": data.object.token}',
  policy: null,
  orderingKey: null,
  onDeath: 'release' as const,
  delaySeconds: 0,
}
const BODY = '{"data":{"object":{"id":"sub_1","plan":"gold","token":"tok_1"}}}'

const named = (changes: object): Operation =>
  operation.parse({ connector: 'billing', name: 'set-subscription', method: 'PUT', path: '/s/{id}', body: null, ...changes })
const publish = (operations: Operation[]) => publishTestConfig({ routes: [ROUTE], operations })

let pinned = 0
let current = 0
beforeAll(async () => {
  await bindPeople()
  const raw = named({ name: 'raw', method: 'POST', path: '/raw', raw: true })
  const old = await publish([named({ inputSchema: SCHEMA }), raw, named({ name: 'gone' })])
  pinned = old.revision
  current = (await publish([named({}), raw])).revision
})

/** A dead job of a webhook. */
async function dead(changes: Partial<JobRow> = {}, webhook: Partial<InboxRow> = {}): Promise<JobRow> {
  const inbox = inboxRow({ id: testId('whk', 1), body: BODY, bodySize: BODY.length, ...webhook })
  await insertRows(bindings.DATA_01, 'inbox', inbox)
  return deadJob({ inboxId: inbox.id, configRevision: pinned, ...changes })
}
const replay = (job: JobRow, options: object) => {
  const body = { reason: 'mended', ...options }
  return ask(`/v1/dead-letters/${job.id}.1/replay`, { method: 'POST', as: 'operator', body })
}
const readEvent = async (id: string) => {
  const text = await bindings.DATA_01.prepare('SELECT events FROM events WHERE job_id = ?').bind(id).first<string>('events')
  return JSON.parse(text ?? '[]') as { type: string; data: Record<string, unknown> }[]
}
/** Intent and outcome of the last replay, newest first. */
const lastTwo = async () => (await auditLog()).slice(0, 2) as [AuditEntry, AuditEntry]
const diffOf = (entry: AuditEntry): InputDiff => inputDiff.parse((entry.after as { input: unknown }).input)

describe('a replay that changes something', () => {
  it('goes on under the configuration in force and a new idempotency key, and says so', async ({ expect }) => {
    const job = await dead()
    const done = await answer<ReplayResponse>(replay(job, { config: 'current', idempotencyKey: 'new' }))
    expect(await readJob(job.id)).toMatchObject({ config_revision: current, key_generation: 2, generation: 2, input: null })
    const [outcome, intent] = await lastTwo()
    const asked = { config: 'current', configRevision: current, idempotencyKey: 'new' }
    expect(intent).toMatchObject({ action: 'dead_letter.replay_requested', after: asked })
    expect(outcome).toMatchObject({ seq: done.auditSeq, after: { ...asked, status: 'queued', generation: 2 } })
    expect(await readEvent(job.id)).toMatchObject([
      { type: 'job.replayed', data: { configRevision: current, idempotencyKey: 'new', auditSeq: intent.seq } },
    ])
  })

  it('sends an edited input; the audit log has the difference, and the log only what was edited', async ({ expect }) => {
    const job = await dead()
    const input = { id: 'sub_1', plan: 'pro', card_token: 'tok_2', note: { api_key: 'k', 'a/b~': 1 } }
    await answer(replay(job, { input }))
    expect(await readJob(job.id)).toMatchObject({ input: JSON.stringify(input), input_key: null, config_revision: pinned })
    const patch = [
      { op: 'replace', path: '/card_token', value: '[redacted]' },
      { op: 'replace', path: '/plan', value: 'pro' },
      { op: 'add', path: '/note', value: { api_key: '[redacted]', 'a/b~': 1 } },
    ]
    const entries = await lastTwo()
    for (const entry of entries) expect(diffOf(entry)).toMatchObject({ patch, omitted: 0, bytes: JSON.stringify(input).length })
    const [event] = await readEvent(job.id)
    const edits = patch.map(({ op, path }) => ({ op, path }))
    expect(event?.data['input']).toEqual({ bytes: JSON.stringify(input).length, edits, omitted: 0 })
    expect(JSON.stringify([event, entries])).not.toMatch(/tok_|"k"/)
  })

  it('keeps no difference of what is too large to be compared', async ({ expect }) => {
    const rows = Array.from({ length: 500_000 }, () => 1)
    expect(await compared({ ok: true, value: { rows } }, { rows: rows.map(() => 2) })).toMatchObject({
      bytes: 1_000_010,
      patch: null,
      omitted: 0,
      unavailable: expect.stringContaining('not compared') as string,
    })
    const some = rows.slice(0, 20_000)
    const cut = await compared(
      { ok: true, value: some },
      some.map(() => 2),
    )
    expect(cut.patch!.length + cut.omitted).toBe(20_000)
    expect(JSON.stringify(cut.patch).length).toBeLessThan(20_000)
  })

  it('compares with what the job carries, with the body of one that sends it on, and says where it cannot', async ({
    expect,
  }) => {
    const own = await dead({ inboxId: null, route: null, input: '["a~b"]' })
    await answer(replay(own, { input: { id: 'x' } }))
    expect(diffOf((await lastTwo())[0]).patch).toEqual([{ op: 'replace', path: '', value: { id: 'x' } }])

    const raw = await dead({ operation: 'raw' })
    await answer(replay(raw, { input: { body: '{}', contentType: 'application/json' } }))
    expect(diffOf((await lastTwo())[0]).patch).toEqual([{ op: 'replace', path: '/body', value: '{}' }])

    const lost = await dead({}, { bodyEncoding: 'r2', body: 'payloads/gone' })
    await answer(replay(lost, { input: { id: 'x' } }))
    expect(diffOf((await lastTwo())[0])).toMatchObject({ patch: null, unavailable: expect.stringContaining('is gone') as string })

    const deep = await dead({ inboxId: null, route: null, input: `${'['.repeat(20_000)}${']'.repeat(20_000)}` })
    await answer(replay(deep, { input: { id: ['x'] } }), 400)
    await answer(replay(deep, { input: { id: 'x' } }))
  })

  it('keeps a large input beside the row, and of its difference what fits', async ({ expect }) => {
    const job = await dead()
    const input = { id: 'sub_1', plan: 'pro', notes: Array.from({ length: 7_000 }, (_, i) => `note ${i}`) }
    await answer(replay(job, { input }))
    const row = await readJob(job.id)
    expect(row).toMatchObject({ input: null, input_key: expect.stringMatching(/^job-inputs\/job_/) as string })
    expect(await (await bindings.PAYLOADS.get(String(row?.['input_key'])))?.json()).toEqual(input)
    const [outcome] = await lastTwo()
    expect(diffOf(outcome)).toMatchObject({ omitted: 1, patch: [{ path: '/card_token' }, { path: '/plan' }] })
  })

  it('is refused with the field that cannot be had, and nothing is done', async ({ expect }) => {
    const job = await dead()
    const gone = await dead({ operation: 'gone' })
    const before = (await auditLog()).length
    expect(await issuesOf(replay(job, { config: 'newest' }))).toHaveProperty('config')
    expect(await issuesOf(replay(job, { idempotencyKey: 'other' }))).toHaveProperty('idempotencyKey')
    expect(await issuesOf(replay(job, { edited: {} }))).not.toEqual({})
    expect(await issuesOf(replay(job, { input: { plan: 'gold' } }))).toEqual({
      'input.id': expect.any(String) as string,
      'input.plan': expect.any(String) as string,
    })
    expect(await issuesOf(replay(job, { input: null }))).toHaveProperty('input.id')
    expect(await issuesOf(replay(job, { input: { id: 'x'.repeat(1_048_570) } }))).toHaveProperty('input')
    expect(await issuesOf(replay(gone, { config: 'current' }))).toEqual({ config: expect.stringContaining('“gone”') as string })
    expect((await replay(job, { input: 'x'.repeat(1_100_000) })).status).toBe(413)
    expect(await readJob(job.id)).toMatchObject({ state: 'dead' })
    expect(await auditLog()).toHaveLength(before)
    // What the pinned operation does not take, the one in force does.
    await answer(replay(job, { config: 'current', input: { id: 'x', plan: 'gold' } }))
  })

  it('happens once, with the input of whoever was first', async ({ expect }) => {
    const job = await dead()
    const notes = (i: number) => Array.from({ length: 40_000 }, () => i)
    const answers = await Promise.all([1, 2, 3, 4].map((i) => replay(job, { input: { id: `sub_${i}`, notes: notes(i) } })))
    const won = answers.findIndex((response) => response.status === 200)
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409])
    const row = await readJob(job.id)
    const stored = await (await bindings.PAYLOADS.get(String(row?.['input_key'])))?.json()
    expect(stored).toMatchObject({ id: `sub_${won + 1}`, notes: expect.arrayContaining([won + 1]) as number[] })
  })
})
