import { callbackInput } from '@orchestrator/shared/contracts/execution-api'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { describe, it } from 'vitest'
import { jobsStack } from '../testing/jobs.ts'
import { consume, env, only, readJob, readLog } from '../testing/stack.ts'

const setState = (id: string, state: JobRow['state']) =>
  env.DATA_00.prepare('UPDATE jobs SET state = ?, finished_at = 1 WHERE id = ?').bind(state, id).run()

describe('POST /jobs/:id/cancel', () => {
  it('ends a job that waits, once, and its message does nothing more', async ({ expect }) => {
    const one = await jobsStack()
    const { id } = (await one.post({ delaySeconds: 60 })).json
    const cancelled = await one.request('POST', `/jobs/${id}/cancel`)
    expect([cancelled.status, cancelled.json]).toMatchObject([200, { id, status: 'cancelled', attempts: [], result: null }])
    expect(cancelled.json.finishedAt).not.toBeNull()
    const again = await one.request('POST', `/jobs/${id}/cancel`)
    expect([again.status, again.json]).toEqual([200, cancelled.json])
    expect((await consume([only(one.sent).body])).acked).toBe(1)
    expect(await one.calls()).toEqual([])
    expect((await readLog(id)).events.map(({ type }) => type)).toEqual(['job.scheduled', 'job.cancelled'])
  })

  it('refuses what runs or has ended, what is another’s, and who may not', async ({ expect }) => {
    const one = await jobsStack()
    const { id } = (await one.post()).json
    const cancel = async (ask = one.request, jobId: string = id) => {
      const { status, json } = await ask('POST', `/jobs/${jobId}/cancel`)
      return [status, json.code, json.detail]
    }
    await setState(id, 'running')
    const running =
      'The job is running: its call cannot be taken back. If it fails and is to be retried, it can be cancelled then.'
    expect(await cancel()).toEqual([409, 'conflict', running])
    await setState(id, 'dead')
    expect(await cancel()).toEqual([409, 'conflict', 'The job has ended: it is dead.'])
    await setState(id, 'queued')
    expect(await cancel(one.requestOfAnother)).toEqual([404, 'not_found', `This client has no job “${id}”.`])
    expect((await cancel(one.request, 'job_1'))[0]).toBe(404)
    expect((await readJob(id)).state).toBe('queued')
    const reader = await jobsStack({ client: { scopes: ['jobs:read'] } })
    expect((await cancel(reader.request))[0]).toBe(403)
  })

  it('sends the next job of its ordering key', async ({ expect }) => {
    const one = await jobsStack()
    const jobs = [
      { ...one.call, orderingKey: 'k' },
      { ...one.call, orderingKey: 'k', queue: 'low' },
    ]
    const [first, second] = (await one.request('POST', '/jobs/batch', { jobs })).json.jobs
    one.sent.length = 0
    await one.request('POST', `/jobs/${first?.id}/cancel`)
    expect(one.sent).toMatchObject([{ queue: 'low', body: { jobId: second?.id } }])
    await consume([only(one.sent).body])
    expect((await readJob(second?.id ?? '')).state).toBe('succeeded')
  })
})

describe('a callback', () => {
  it('is a job that tells how another ended', async ({ expect }) => {
    const one = await jobsStack()
    await one.answers({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
    const { id } = (await one.post({ callback: { connector: one.name, operation: 'echo', queue: 'critical' } })).json
    const { sent } = await consume([only(one.sent).body])
    const callbackId = only(sent).body.jobId
    expect(await one.view(id)).toMatchObject({ status: 'succeeded', callbackJobId: callbackId })
    const callback = await one.view(callbackId)
    expect(callback).toMatchObject({ status: 'queued', queue: 'critical', parentId: id, attempts: [], callbackJobId: null })
    await consume([only(sent).body])
    const told = callbackInput.parse(JSON.parse((await one.calls())[1]?.body ?? ''))
    expect(told.job).toMatchObject({
      id,
      status: 'succeeded',
      result: { status: 200, body: { a: 1 } },
      callbackJobId: callbackId,
    })
    expect((await one.view(callbackId)).attempts).toHaveLength(1)
    expect((await readLog(id)).events.map(({ type }) => type)).toEqual(['job.queued', 'job.succeeded', 'job.callback_created'])
  })

  it('tells a death, and tells it anew when a replay ends', async ({ expect }) => {
    const one = await jobsStack()
    await one.answers({ status: 400 })
    const { id } = (await one.post({ callback: { connector: one.name, operation: 'echo' } })).json
    const message = only(one.sent).body
    const first = only((await consume([message])).sent).body.jobId
    expect(callbackInput.parse(JSON.parse((await readJob(first)).input ?? '')).job).toMatchObject({
      status: 'dead',
      generation: 1,
    })
    await env.DATA_00.prepare(`UPDATE jobs SET state = 'queued', generation = 2, attempts = 0, finished_at = NULL WHERE id = ?`)
      .bind(id)
      .run()
    const second = only((await consume([{ ...message, generation: 2 }])).sent).body.jobId
    expect(second).not.toBe(first)
    expect((await one.view(id)).callbackJobId).toBe(second)
    expect(callbackInput.parse(JSON.parse((await readJob(second)).input ?? '')).job).toMatchObject({ generation: 2 })
  })

  it('tells that a job was cancelled, and is sent', async ({ expect }) => {
    const one = await jobsStack()
    const { id } = (await one.post({ delaySeconds: 90_000, callback: { connector: one.name, operation: 'echo' } })).json
    expect(one.sent).toEqual([])
    const { callbackJobId } = (await one.request('POST', `/jobs/${id}/cancel`)).json
    expect(one.sent).toMatchObject([{ queue: 'default', body: { jobId: callbackJobId, generation: 1 } }])
  })
})
