import { attemptJson, deadJobRow, eventRow, inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { bindings } from './harness.ts'
import type { ExampleRequest, RouteExample } from './route-example.ts'

const NO_JOB = 'job_0001ARZ3NDEKTSV4RRFFQ69G5FAV'
const NO_WEBHOOK = 'whk_0001ARZ3NDEKTSV4RRFFQ69G5FAV'
const reason = 'as agreed'

async function insertJob(changes: Partial<JobRow>): Promise<string> {
  const job = jobRow({ id: testId('job', 1), inboxId: null, route: null, input: '{"id":"sub_1"}', ...changes })
  await insertRows(bindings.DATA_01, 'jobs', job)
  return job.id
}

const onJob = (verb: string, changes: Partial<JobRow>, body: object, audit: RouteExample['audit']): RouteExample => ({
  request: { path: `/v1/jobs/${NO_JOB}/${verb}`, body: { ...body, reason }, target: NO_JOB },
  async prepare(): Promise<Partial<ExampleRequest>> {
    const target = await insertJob(changes)
    return { target, path: `/v1/jobs/${target}/${verb}` }
  },
  audit,
})

let seq = 700_000

export const WORK_EXAMPLES = {
  'POST /v1/inbox/:id/reveal': {
    request: { path: `/v1/inbox/${NO_WEBHOOK}/reveal`, body: { reason }, target: NO_WEBHOOK },
    async prepare() {
      const webhook = inboxRow({ id: testId('whk', 1) })
      await insertRows(bindings.DATA_01, 'inbox', webhook)
      return { path: `/v1/inbox/${webhook.id}/reveal`, target: webhook.id }
    },
    audit: ['payload.revealed'],
  },
  'POST /v1/attempts/:id/reveal': {
    request: { path: '/v1/attempts/att_01.1/reveal', body: { reason }, target: 'att_01.1' },
    async prepare() {
      const target = `att_01.${++seq}`
      await insertRows(bindings.DATA_01, 'events', eventRow(seq, { kind: 'attempt', attempt: attemptJson(1, false) }))
      return { path: `/v1/attempts/${target}/reveal`, target }
    },
    audit: ['payload.revealed'],
  },
  'POST /v1/jobs/:id/reveal': onJob('reveal', { state: 'succeeded', wakeAt: null }, {}, ['payload.revealed']),
  'POST /v1/jobs/:id/cancel': onJob('cancel', {}, {}, ['job.cancel_requested', 'job.cancelled']),
  'POST /v1/jobs/:id/resolve': onJob(
    'resolve',
    { state: 'running', token: 't', leaseUntil: 1_000 },
    { as: 'succeeded', generation: 1, force: false },
    ['job.resolve_requested', 'job.resolved'],
  ),
  'POST /v1/ordering-keys/release': {
    request: {
      path: '/v1/ordering-keys/release',
      body: { key: 'examples', jobId: NO_JOB, reason },
      target: 'ordering-key:examples',
    },
    async prepare() {
      const key = `examples-${crypto.randomUUID()}`
      const job = deadJobRow({ id: testId('job', 1), orderingKey: key, n: 1, onDeath: 'block' })
      await insertRows(bindings.DATA_01, 'jobs', job)
      return { body: { key, jobId: job.id, reason }, target: `ordering-key:${key}` }
    },
    audit: ['ordering_key.release_requested', 'ordering_key.released'],
  },
} as const satisfies Record<string, RouteExample>
