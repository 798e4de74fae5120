import { contentOf } from '@orchestrator/shared/config/revision'
import { gzipSync } from 'node:zlib'
import { type Operation, operation as operationOf } from '@orchestrator/shared/contracts/connector'
import { toBase64 } from '@orchestrator/shared/core/bytes'
import type { InboxRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { describe, it } from 'vitest'
import { consume, env, messageOf, only, readJob, stack } from '../testing/stack.ts'

const HEADERS = JSON.stringify([
  ['content-type', 'text/csv'],
  ['x-shop', '7'],
  ['x-tag', 'a'],
  ['X-Tag', 'b'],
  ['x-session', '[redacted sha256:12345678]'],
])

/** Works a job of such a webhook once, for an operation that is changed. */
async function worked(changes: Partial<Operation>, webhook: Partial<InboxRow>, changed: Partial<JobRow> = {}) {
  const plain = await stack()
  const { name } = plain
  const own = { connector: name, name: 'set-subscription', method: 'POST', path: '/hooks', body: null }
  const content = contentOf(plain.snapshot)
  const { snapshot } = await stack({ config: { ...content, operations: [operationOf.parse({ ...own, ...changes })] } })
  const now = Date.now()
  const inbox = inboxRow({ id: testId('whk', 0, now), contentType: 'text/csv', headers: HEADERS, ...webhook })
  const job = jobRow({
    id: testId('job', 0, now),
    inboxId: inbox.id,
    route: name,
    connector: name,
    configRevision: snapshot.revision,
    dueAt: now - 10,
    createdAt: now - 10,
    ...changed,
  })
  await insertRows(env.DATA_00, 'inbox', inbox)
  await insertRows(env.DATA_00, 'jobs', job)
  await consume([messageOf(job)])
  return { job: await readJob(job.id), calls: await plain.calls() }
}

describe('a job whose operation sends the webhook on', () => {
  it('sends its bytes as they came, whatever they are, and the headers that it names', async ({ expect }) => {
    const body = 'id;status\n1;"ü"\n'
    const forwardHeaders = ['x-shop', 'x-tag', 'x-session', 'x-missing']
    const { job, calls } = await worked({ raw: true, forwardHeaders }, { body, bodyEncoding: 'utf8' })
    expect(job).toMatchObject({ state: 'succeeded', lastError: null })
    const { headers, ...call } = only(calls)
    expect(call).toMatchObject({ method: 'POST', path: '/hooks', body })
    expect(headers).toMatchObject({ 'content-type': 'text/csv', 'x-shop': '7', 'x-tag': 'a, b' })
    expect(headers).not.toHaveProperty('x-session')
  })

  it('sends compressed bytes compressed, from R2 too, and fills the path from the mapping', async ({ expect }) => {
    const bytes = gzipSync(JSON.stringify({ data: { object: { id: 'sub_9', status: 'active' } } }))
    const gzip = { contentType: 'application/json', headers: '[["content-encoding","gzip"]]' }
    const inline = await worked({ raw: true, path: '/hooks/{id}' }, { ...gzip, body: toBase64(bytes), bodyEncoding: 'base64' })
    expect(inline.job).toMatchObject({ state: 'succeeded' })
    expect(only(inline.calls)).toMatchObject({ path: '/hooks/sub_9', headers: { 'content-encoding': 'gzip' } })
    const key = `payloads/${crypto.randomUUID()}`
    await env.PAYLOADS.put(key, bytes)
    const stored = await worked({ raw: true }, { ...gzip, body: key, bodyEncoding: 'r2' })
    expect(stored.job).toMatchObject({ state: 'succeeded' })
    const gone = await worked({ raw: true }, { ...gzip, body: `${key}-gone`, bodyEncoding: 'r2' })
    expect(gone.job).toMatchObject({ state: 'dead', lastError: expect.stringContaining('is gone') })
    expect(gone.calls).toEqual([])
  })

  it('sends headers on beside a mapped body', async ({ expect }) => {
    const body = JSON.stringify({ data: { object: { id: 'sub_1', status: 'active' } } })
    const mapped = { forwardHeaders: ['x-shop'], body: '{"s": status}' }
    const { calls } = await worked(mapped, { body, bodyEncoding: 'utf8', contentType: 'application/json' })
    expect(only(calls)).toMatchObject({ body: '{"s":"active"}', headers: { 'x-shop': '7', 'content-type': 'application/json' } })
  })

  it('sends an edited input instead, and nothing of the webhook, under the key of its replay', async ({ expect }) => {
    const webhook = { body: '{"data":{"object":{"id":"sub_1","status":"active"}}}', bodyEncoding: 'utf8' as const }
    const json = { ...webhook, contentType: 'application/json' }
    const edited = { input: '{"id":"sub_2","status":"paused"}', generation: 3, keyGeneration: 2 }
    const mapped = await worked({ path: '/hooks/{id}', body: '{"s": status}', forwardHeaders: ['x-shop'] }, json, edited)
    const { headers, ...call } = only(mapped.calls)
    expect(call).toMatchObject({ path: '/hooks/sub_2', body: '{"s":"paused"}' })
    expect(headers).toMatchObject({ 'idempotency-key': `${mapped.job?.id}-g2` })
    expect(headers).not.toHaveProperty('x-shop')
    const sent = { body: 'a;b', contentType: 'text/csv', headers: { 'X-Shop': '9' } }
    const raw = await worked({ raw: true, forwardHeaders: ['x-shop'] }, webhook, { input: JSON.stringify(sent) })
    expect(only(raw.calls)).toMatchObject({ body: 'a;b', headers: { 'x-shop': '9' } })
    const key = `job-inputs/${crypto.randomUUID()}`
    await env.PAYLOADS.put(key, '{"id":"sub_3"}')
    const large = await worked({ path: '/hooks/{id}', body: null }, json, { inputKey: key })
    expect(only(large.calls)).toMatchObject({ path: '/hooks/sub_3' })
  })
})
