import { sha256Hex } from '@orchestrator/shared/core/bytes'
import { describe, it } from 'vitest'
import { jobsStack } from '../testing/jobs.ts'
import { consume, env, GRACE_MS, only, readJob, readLog } from '../testing/stack.ts'

const DAY_MS = 86_400_000
const issuesOf = (answer: { json: { issues?: { path: string }[] } }) => (answer.json.issues ?? []).map(({ path }) => path)

describe('POST /jobs', () => {
  it('makes a job and sends its message', async ({ expect }) => {
    const one = await jobsStack()
    const before = Date.now()
    const answer = await one.post({ queue: 'low', orderingKey: 'order:1', onDeath: 'block', resultTtlSeconds: 60 })
    const { id } = answer.json
    expect([answer.status, answer.json]).toEqual([202, { id, status: 'queued' }])
    expect(answer.headers.get('location')).toBe(`/jobs/${id}`)
    const job = await readJob(id)
    expect(job).toMatchObject({ client: one.client.id, connector: one.name, operation: 'echo', queue: 'low', inboxId: null })
    expect(job).toMatchObject({ input: '{"id":"sub_1"}', inputKey: null, configRevision: one.snapshot.revision, policy: null })
    expect(job).toMatchObject({ orderingKey: `client:${one.client.id}:order:1`, onDeath: 'block', resultTtlMs: 60_000 })
    expect(job.createdAt).toBeGreaterThanOrEqual(before)
    expect(job.wakeAt).toBe(job.dueAt + GRACE_MS)
    expect(one.sent).toEqual([
      { queue: 'low', delaySeconds: 0, body: { kind: 'job', jobId: id, generation: 1, trace: job.trace } },
    ])
    expect((await readLog(id)).events).toMatchObject([
      { type: 'job.queued', data: { client: one.client.id, orderingKey: 'order:1' } },
    ])
  })

  it('lets it wait: in the queue up to a day, longer in the database, not at all when its time is over', async ({ expect }) => {
    const one = await jobsStack()
    const iso = (ms: number) => new Date(Date.now() + ms).toISOString()
    const soon = await one.post({ delaySeconds: 60 })
    const late = await one.post({ runAt: iso(2 * DAY_MS) })
    const past = await one.post({ runAt: '2020-01-01T00:00:00Z' })
    expect([soon, late, past].map(({ json }) => json.status)).toEqual(['scheduled', 'scheduled', 'queued'])
    expect(one.sent.map(({ body, delaySeconds }) => [body.jobId, delaySeconds])).toEqual([
      [soon.json.id, 60],
      [past.json.id, 0],
    ])
    const row = await readJob(late.json.id)
    expect([row.dueAt - row.createdAt > 2 * DAY_MS - 5_000, row.wakeAt]).toEqual([true, row.dueAt])
    expect((await readJob(past.json.id)).dueAt).toBeLessThanOrEqual(Date.now())
    const tooFar = await one.post({ runAt: iso(367 * DAY_MS) })
    expect([tooFar.status, issuesOf(tooFar)]).toEqual([400, ['runAt']])
  })

  it('keeps a large input in R2, from where the attempt reads it', async ({ expect }) => {
    const one = await jobsStack()
    const input = { text: 'ü'.repeat(40_000) }
    const { id } = (await one.post({ input })).json
    expect(await readJob(id)).toMatchObject({ input: null, inputKey: `job-inputs/${id}` })
    await consume([only(one.sent).body])
    expect(JSON.parse(only(await one.calls()).body)).toEqual(input)
    await env.PAYLOADS.delete(`job-inputs/${id}`)
    const gone = (await one.post({ input })).json
    await env.PAYLOADS.delete(`job-inputs/${gone.id}`)
    await consume([one.sent[1]?.body])
    expect(await one.view(gone.id)).toMatchObject({ status: 'dead' })
  })

  it('accepts a job that cannot be sent: the sweep brings it', async ({ expect }) => {
    const one = await jobsStack({ queuesFail: true })
    const answer = await one.post()
    expect(answer.status).toBe(202)
    const job = await readJob(answer.json.id)
    expect([job.state, job.wakeAt]).toEqual(['queued', job.dueAt + GRACE_MS])
  })

  it('answers 503 when DATA cannot take it', async ({ expect }) => {
    const broken = { prepare: () => ({ bind: () => ({}) }), batch: () => Promise.reject(new Error('no')) }
    const one = await jobsStack({ env: { DATA_00: broken } })
    const answer = await one.post()
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([503, 'unavailable', '5'])
    expect(one.sent).toEqual([])
  })
})

describe('a job that is not as it must be', () => {
  it('is refused, field by field', async ({ expect }) => {
    const one = await jobsStack()
    const bad: [Record<string, unknown>, string[]][] = [
      [{ connector: undefined, operation: 'No' }, ['connector', 'operation']],
      [{ queue: 'fast', delaySeconds: -1, orderingKey: '' }, ['queue', 'delaySeconds', 'orderingKey']],
      [{ orderingKey: 'a\0b' }, ['orderingKey']],
      [{ delaySeconds: 31_622_401 }, ['delaySeconds']],
      [{ delaySeconds: 1, runAt: '2027-01-01T00:00:00Z' }, ['runAt']],
      [{ runAt: 'tomorrow', resultTtlSeconds: 0.5, onDeath: 'x' }, ['runAt', 'onDeath', 'resultTtlSeconds']],
      [{ callback: { connector: one.name } }, ['callback.operation']],
      [{ colour: 'red' }, ['']],
      [{ input: 'x'.repeat(1_048_575) }, ['input']],
    ]
    for (const [changes, paths] of bad) {
      const answer = await one.post(changes)
      expect([answer.status, answer.json.code, issuesOf(answer)]).toEqual([400, 'validation_failed', paths])
    }
    const unnamed = await one.post({ operation: 'set-subscription', input: { id: '' } })
    expect([unnamed.status, issuesOf(unnamed)]).toEqual([400, ['input.id']])
    expect(one.sent).toEqual([])
  })

  it('meets the schema of its operation', async ({ expect }) => {
    const inputSchema = { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } }
    const one = await jobsStack({ operation: { inputSchema } })
    const answer = await one.post({ input: { amount: 'ten' } })
    expect([answer.status, issuesOf(answer)]).toEqual([400, ['input.amount']])
    expect((await one.post({ input: { amount: 10 } })).status).toBe(202)
  })

  it('names a connector and an operation that there are, for its callback too', async ({ expect }) => {
    const one = await jobsStack()
    const details = async (changes: Record<string, unknown>) => {
      const answer = await one.post(changes)
      return [answer.status, answer.json.detail, issuesOf(answer)]
    }
    const noConnector = 'There is no connector “nowhere”.'
    expect(await details({ connector: 'nowhere' })).toEqual([404, noConnector, ['connector']])
    const noOperation = `The connector “${one.name}” has no operation “nothing”.`
    expect(await details({ operation: 'nothing' })).toEqual([404, noOperation, ['operation']])
    const callback = { connector: one.name, operation: 'nothing' }
    expect(await details({ callback })).toEqual([404, noOperation, ['callback.operation']])
  })

  it('has a callback that can be called with {job} alone', async ({ expect }) => {
    const one = await jobsStack()
    const answer = await one.post({ callback: { connector: one.name, operation: 'set-subscription' } })
    expect([answer.status, answer.json.code, issuesOf(answer)]).toEqual([400, 'validation_failed', ['callback.operation']])
    expect(one.sent).toEqual([])
  })

  it('is the client’s to make: scope, connectors and queues', async ({ expect }) => {
    const reader = await jobsStack({ client: { scopes: ['jobs:read'] } })
    const refused = await reader.post()
    expect([refused.status, refused.json.detail]).toEqual([403, `The client “${reader.client.id}” lacks the scope “jobs:write”.`])
    expect((await reader.post({ connector: 'nowhere' })).status).toBe(403)

    const narrow = await jobsStack({ client: { queues: ['low'] } })
    expect((await narrow.post({ queue: 'low' })).status).toBe(202)
    const wrongQueue = await narrow.post({ queue: 'critical', callback: { connector: narrow.name, operation: 'echo' } })
    expect([wrongQueue.status, issuesOf(wrongQueue)]).toEqual([403, ['queue', 'callback.queue']])

    const none = await jobsStack({ client: { connectors: ['something-else'] } })
    const wrongConnector = await none.post({ callback: { connector: 'something-else', operation: 'x' } })
    const detail = `The client “${none.client.id}” may not call the connector “${none.name}”.`
    expect([wrongConnector.status, wrongConnector.json.detail, issuesOf(wrongConnector)]).toEqual([403, detail, ['connector']])
  })

  it('comes as JSON, no longer than allowed, by POST and with a key', async ({ expect }) => {
    const one = await jobsStack()
    const post = (body: string, headers: Record<string, string>) => one.request('POST', '/jobs', body, headers)
    const form = await post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([form.status, form.json.code]).toEqual([415, 'unsupported_media_type'])
    const long = await post('x', { 'content-length': '1100000' })
    expect([long.status, long.json.code]).toEqual([413, 'body_too_large'])
    expect((await post('{', {})).json.code).toBe('validation_failed')
    const unknown = await post('{}', { authorization: `Bearer ${await sha256Hex('x')}` })
    expect([unknown.status, unknown.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
    for (const [method, path, allow] of [
      ['PUT', '/jobs', 'GET, POST'],
      ['GET', '/jobs/batch', 'POST'],
      ['DELETE', '/jobs/job_1', 'GET'],
      ['GET', '/jobs/job_1/cancel', 'POST'],
    ] as const) {
      const answer = await one.request(method, path)
      expect([answer.status, answer.json.code, answer.headers.get('allow')]).toEqual([405, 'method_not_allowed', allow])
    }
    expect((await one.request('POST', '/jobs/batch/more', {})).status).toBe(404)
  })
})
