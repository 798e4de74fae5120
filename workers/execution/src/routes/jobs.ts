import { jobBatchRequest, type JobCreated, jobRequest } from '@orchestrator/shared/contracts/execution-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { RequestVariables } from '@orchestrator/shared/http/app'
import { parseRequest } from '@orchestrator/shared/http/issues'
import type { StoredAnswer } from '@orchestrator/shared/idempotency/answer'
import { readIdempotencyKey, requestFingerprint } from '@orchestrator/shared/idempotency/idempotency-key'
import type { Context } from 'hono'
import type { ExecutionApp } from '../app.ts'
import { requireScope } from '../clients/authorise.ts'
import { clientDoor, type ClientVariables } from '../clients/door.ts'
import type { Isolate } from '../deps.ts'
import type { Env } from '../env.ts'
import { cancel } from '../jobs-api/cancel.ts'
import { type AskedJob, askedJob, checkRequests } from '../jobs-api/check-requests.ts'
import { MAX_BATCH_BODY_BYTES, MAX_BODY_BYTES } from '../jobs-api/constants.ts'
import { createAll } from '../jobs-api/create-all.ts'
import { getJob } from '../jobs-api/get-job.ts'
import { jobsQuery, listJobs } from '../jobs-api/list-jobs.ts'
import { readJobsBody } from '../jobs-api/read-body.ts'
import { createJobsDeps } from './jobs-deps.ts'

const JOBS = '/jobs'
const BATCH = '/jobs/batch'
const JOB = '/jobs/:id'
const CANCEL = '/jobs/:id/cancel'

/** Jobs of clients: made, read and cancelled (docs/execution.md). */
export function registerJobs(app: ExecutionApp, isolate: Isolate, door = clientDoor(isolate)): void {
  app.post(JOBS, door, async (c) => {
    const request = parseRequest(jobRequest, await readJobsBody(c.req.raw, MAX_BODY_BYTES))
    return create(c, JOBS, request, [askedJob(request)], ([job]) => [job, { location: `${JOBS}/${job?.id}` }])
  })

  app.get(JOBS, door, async (c) => {
    const query = parseRequest(jobsQuery, c.req.query())
    requireScope(c.var.client, 'jobs:read')
    return answer(c, await listJobs(depsOf(c), c.var.client.id, query))
  })

  app.post(BATCH, door, async (c) => {
    const request = parseRequest(jobBatchRequest, await readJobsBody(c.req.raw, MAX_BATCH_BODY_BYTES))
    const jobs = request.jobs.map((job, i) => askedJob(job, `jobs.${i}.`))
    return create(c, BATCH, request, jobs, (created) => [{ jobs: created }, {}])
  })
  app.all(BATCH, (c) => wrongMethod(c, 'POST'))

  app.get(JOB, door, async (c) => {
    requireScope(c.var.client, 'jobs:read')
    return answer(c, await getJob(depsOf(c), c.var.client.id, c.req.param('id')))
  })

  app.post(CANCEL, door, async (c) => {
    const { client, config } = c.var
    requireScope(client, 'jobs:write')
    return answer(c, await cancel(depsOf(c), client.id, c.req.param('id'), config.settings))
  })

  app.all(JOBS, (c) => wrongMethod(c, 'GET, POST'))
  app.all(JOB, (c) => wrongMethod(c, 'GET'))
  app.all(CANCEL, (c) => wrongMethod(c, 'POST'))
}

type Request = Context<{ Bindings: Env; Variables: RequestVariables & ClientVariables }>

/** Makes the jobs of one request, once under its key. `body` is what the request was, and `tell` what it is answered. */
async function create(
  c: Request,
  endpoint: string,
  body: unknown,
  jobs: readonly AskedJob[],
  tell: (jobs: readonly JobCreated[]) => [body: unknown, headers: Record<string, string>],
): Promise<Response> {
  const { client, config, requestId, traceparent } = c.var
  const deps = depsOf(c)
  const key = readIdempotencyKey(c.req.raw.headers)
  checkRequests(client, config, jobs, deps.now())
  const { answer, replayed } = await createAll(deps, {
    client,
    config,
    jobs,
    requestId,
    trace: traceparent,
    key: key === undefined ? null : { key, fingerprint: await requestFingerprint(endpoint, body) },
    answer(created): StoredAnswer {
      const [told, headers] = tell(created)
      const json = { 'content-type': 'application/json', 'cache-control': 'no-store' }
      return { status: 202, headers: { ...json, ...headers }, body: { kind: 'text', text: JSON.stringify(told) } }
    },
  })
  const { status, headers } = answer
  return new Response(answer.body.kind === 'text' ? answer.body.text : null, {
    status,
    headers: replayed ? { ...headers, 'idempotent-replayed': 'true' } : headers,
  })
}

function depsOf(c: Request) {
  return createJobsDeps(c.env, c.var.config, c.var)
}

function answer(c: Request, body: object): Response {
  return c.json(body, 200, { 'cache-control': 'no-store' })
}

function wrongMethod(c: Pick<Request, 'req'>, allow: string): never {
  const path = new URL(c.req.url).pathname
  throw new AppError('method_not_allowed', `${path} takes ${allow}, not ${c.req.method}.`, { headers: { allow } })
}
