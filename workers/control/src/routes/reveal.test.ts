import { beforeAll, describe, it } from 'vitest'
import { operation } from '@orchestrator/shared/contracts/connector'
import * as work from '@orchestrator/shared/contracts/work-api'
import { inboxRow, insertRows, jobRow, testId, eventRow, attemptJson } from '@orchestrator/shared/testing/data-rows'
import { toBase64 } from '@orchestrator/shared/core/bytes'
import { auditLog, read } from '../testing/config.ts'
import { answer, ask, bindings, bindPeople, configContent, publishTestConfig, withBrokenTable } from '../testing/harness.ts'

const db = bindings.DATA_01
const SECRET = 'a canary that only reveals may show'
const ROUTE = {
  id: 'stripe-subscriptions',
  provider: 'stripe',
  enabled: true,
  eventTypes: ['*'],
  filter: null,
  queue: 'webhook' as const,
  connector: 'billing',
  operation: 'set-subscription',
  input: '{"id": id, "note": note}',
  policy: null,
  orderingKey: null,
  onDeath: 'release' as const,
  delaySeconds: 0,
}
let revision = 0
beforeAll(async () => {
  await bindPeople()
  const raw = operation.parse({ connector: 'billing', name: 'raw', method: 'POST', path: '/raw', raw: true, body: null })
  ;({ revision } = await publishTestConfig({ routes: [ROUTE], operations: [...configContent.operations, raw] }))
})

const reveal = <T>(path: string, status = 200) =>
  answer<T>(ask(`/v1/${path}/reveal`, { method: 'POST', as: 'operator', body: { reason: 'ticket 7' } }), status)
const body = JSON.stringify({ id: 'sub_1', note: SECRET })
let seq = 500

/** A webhook, and its job that has succeeded. */
async function story(changes: Parameters<typeof jobRow>[0] = {}) {
  const webhook = inboxRow({ id: testId('whk', 1), body, bodySize: body.length })
  const row = jobRow({
    id: testId('job', 1),
    inboxId: webhook.id,
    configRevision: revision,
    state: 'succeeded',
    wakeAt: null,
    result: JSON.stringify({ status: 200, body: SECRET }),
    log: JSON.stringify([++seq]),
    ...changes,
  })
  const attempt = JSON.stringify({ ...(JSON.parse(attemptJson(1, false)) as object), responseExcerpt: `${SECRET} ü` })
  await insertRows(db, 'inbox', webhook)
  await insertRows(db, 'jobs', row)
  await insertRows(db, 'events', eventRow(seq, { kind: 'attempt', jobId: row.id, attempt }))
  return { webhook, row, attemptId: `att_01.${seq}` }
}

describe('payloads', () => {
  it('are not among what is shown to who may read', async ({ expect }) => {
    const { webhook, row, attemptId } = await story()
    const shown = await Promise.all(
      [`jobs/${row.id}`, `attempts/${attemptId}`, `inbox/${webhook.id}`, 'jobs', 'attempts', 'events', 'inbox'].map((path) =>
        read(`/v1/${path}`, 'admin'),
      ),
    )
    expect(JSON.stringify(shown)).not.toContain('canary')
    const bytes = (row.result ?? '').length
    expect(shown[0]).toMatchObject({ input: { kind: 'webhook', bytes: null }, result: { kind: 'inline', bytes } })
    expect(shown[1]).toMatchObject({ responseBytes: SECRET.length + 3 })
    const own = await story({ inboxId: null, input: '{"a":"ü"}', result: null })
    expect(await read(`/v1/jobs/${own.row.id}`)).toMatchObject({
      input: { kind: 'inline', bytes: 10 },
      result: { kind: 'none', bytes: null },
    })
  })

  it('of a job are shown to an operator with a reason, after that was written down', async ({ expect }) => {
    const { row, attemptId } = await story()
    const got = work.revealedJob.strict().parse(await reveal(`jobs/${row.id}`))
    expect(got).toMatchObject({
      input: { value: { id: 'sub_1', note: SECRET }, unavailable: null },
      result: { status: 200, body: SECRET },
      attempts: [{ id: attemptId, responseExcerpt: `${SECRET} ü` }],
    })
    const [entry] = await auditLog()
    const who = { actor: { id: 'operator@example.com' }, role: 'operator', reason: 'ticket 7' }
    expect(entry).toMatchObject({ seq: got.auditSeq, action: 'payload.revealed', target: row.id, ...who })
    expect(JSON.stringify(entry)).not.toContain('canary')
    const raw = await story({ operation: 'raw' })
    expect(await reveal(`jobs/${raw.row.id}`)).toMatchObject({ input: { value: { body, contentType: 'application/json' } } })
    const gone = await story({ inboxId: null, inputKey: 'job-inputs/none' })
    expect(await reveal(`jobs/${gone.row.id}`)).toMatchObject({
      input: { value: null, unavailable: expect.any(String) as string },
    })
    const attempt = work.revealedAttempt.strict().parse(await reveal(`attempts/${attemptId}`))
    expect(attempt).toMatchObject({ attemptId, responseExcerpt: `${SECRET} ü` })
    expect((await auditLog())[0]).toMatchObject({ seq: attempt.auditSeq, action: 'payload.revealed', target: attemptId })
  })

  it('of a webhook are shown as text or base64 up to 1 MiB, with the headers as they are stored', async ({ expect }) => {
    const headers: [string, string][] = [
      ['x-a', '1'],
      ['stripe-signature', '[redacted sha256:00000000]'],
    ]
    const kinds = [
      { bodyEncoding: 'utf8' as const, body, bodySize: body.length },
      { bodyEncoding: 'base64' as const, body: toBase64(new Uint8Array([0xff, 0])), bodySize: 2 },
      { bodyEncoding: 'r2' as const, body: 'payloads/large', bodySize: 1_048_577 },
      { bodyEncoding: 'r2' as const, body: 'payloads/none', bodySize: 70_000 },
    ]
    const rows = kinds.map((kind) => inboxRow({ id: testId('whk', 1), headers: JSON.stringify(headers), ...kind }))
    await insertRows(db, 'inbox', ...rows)
    const shown = await Promise.all(rows.map(async ({ id }) => work.revealedWebhook.strict().parse(await reveal(`inbox/${id}`))))
    expect(shown).toMatchObject([
      { headers, body: { encoding: 'utf8', data: body }, bodyBytes: body.length, unavailable: null },
      { body: { encoding: 'base64', data: '/wA=' }, unavailable: null },
      { body: null, bodyBytes: 1_048_577, unavailable: expect.stringContaining('payloads/large') as string },
      { body: null, unavailable: 'it is not kept any more' },
    ])
    const revealed = (await auditLog()).filter(({ action }) => action === 'payload.revealed').map(({ target }) => target)
    expect(rows.every(({ id }) => revealed.includes(id))).toBe(true)
  })

  it('are shown to nobody when that cannot be written down, nor to viewers, nor without a reason', async ({ expect }) => {
    const { webhook, row, attemptId } = await story()
    const paths = [`jobs/${row.id}`, `inbox/${webhook.id}`, `attempts/${attemptId}`]
    await withBrokenTable(bindings.CONTROL_DB, 'audit_log', async () => {
      for (const path of paths) expect(JSON.stringify(await reveal(path, 503)), path).not.toContain('canary')
    })
    for (const path of paths) {
      const viewer = await ask(`/v1/${path}/reveal`, { method: 'POST', as: 'viewer', body: { reason: 'r' } })
      expect(viewer.status).toBe(403)
      const silent = await ask(`/v1/${path}/reveal`, { method: 'POST', as: 'operator', body: {} })
      expect(silent.status).toBe(400)
    }
    for (const path of [`jobs/${testId('job', 1)}`, `inbox/${testId('whk', 1)}`, 'attempts/att_01.99999', 'jobs/x']) {
      await reveal(path, 404)
    }
  })
})
