import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { jobSummary, jobView } from '../contracts/execution-api.ts'
import type { JobRow } from '../db/data-schema.ts'
import { attemptJson, eventRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { lookAtClientJobs, readClientJob, readClientJobs, readClientJobsById } from './client-jobs.ts'
import { toJobSummary, toJobView } from './client-jobs-view.ts'
import { clientOrderingKey } from './ordering-key.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 1_800_000_000_000
const EVERYTHING = { above: '', below: '~' }
let seqs = 5_000
const newClient = () => `shop-${crypto.randomUUID().slice(0, 8)}`

async function seed(client: string | null, count: number, changes: Partial<JobRow> = {}): Promise<JobRow[]> {
  const jobs = Array.from({ length: count }, () => jobRow({ client, id: testId('job'), ...changes }))
  await insertRows(db, 'jobs', ...jobs)
  return jobs
}

describe('a job of a client', () => {
  it('is read with its own attempts, and by that client alone', async ({ expect }) => {
    const client = newClient()
    const id = testId('job')
    const [first, parents, second, last] = [++seqs, ++seqs, ++seqs, ++seqs]
    await insertRows(
      db,
      'events',
      eventRow(first, { jobId: id, kind: 'attempt', failed: 1, attempt: attemptJson(1, true) }),
      eventRow(parents, { jobId: 'another', kind: 'attempt', attempt: attemptJson(9, false) }),
      eventRow(second, { jobId: id, kind: 'attempt', attempt: attemptJson(2, false) }),
      eventRow(last, { jobId: id }),
    )
    const log = JSON.stringify([first, parents, second, last])
    const result = '{"status":201,"body":{"a":1}}'
    const ended = { state: 'succeeded', wakeAt: null, finishedAt: NOW, result, resultTtlMs: 60_000 } as const
    const callback = '{"connector":"shop","operation":"ended","queue":"low","jobId":"job_x"}'
    await seed(client, 1, { id, log, callback, orderingKey: clientOrderingKey(client, 'a:b'), n: 3, ...ended })

    expect(await readClientJob(db, 'another', id)).toBeUndefined()
    const found = await readClientJob(db, client, id)
    const view = toJobView(found!.row, found!.attempts, NOW + 59_999)
    expect(jobView.parse(view)).toEqual(view)
    expect(view).toMatchObject({
      id,
      status: 'succeeded',
      orderingKey: 'a:b',
      result: { status: 201, body: { a: 1 } },
      resultExpiresAt: new Date(NOW + 60_000).toISOString(),
      callbackJobId: 'job_x',
      parentId: null,
      attempts: [
        { attempt: 1, outcome: 'failure', status: 500, error: 'status 500' },
        { attempt: 2, outcome: 'success', status: 200, error: null },
      ],
    })
    const late = toJobView(found!.row, found!.attempts, NOW + 60_000)
    expect(late).toMatchObject({ result: null, resultExpiresAt: view.resultExpiresAt })
    const { attempts: _attempts, result: _result, ...summary } = view
    expect(toJobSummary(found!.row)).toEqual(summary)
  })

  it('that waits has neither result nor end', async ({ expect }) => {
    const client = newClient()
    const [job] = (await seed(client, 1, { state: 'scheduled', resultTtlMs: 60_000, callback: '{"connector":"a"}' })) as [JobRow]
    const found = await readClientJob(db, client, job.id)
    const none = { finishedAt: null, result: null, resultExpiresAt: null, callbackJobId: null, attempts: [] }
    expect(toJobView(found!.row, found!.attempts, NOW)).toMatchObject({ status: 'scheduled', ...none })
  })
})

describe('the jobs of a client', () => {
  it('are read newest first within a range, and nobody else’s', async ({ expect }) => {
    const client = newClient()
    const jobs = await seed(client, 5)
    await seed('another', 3)
    await seed(null, 3)
    const ids = jobs.map(({ id }) => id).toReversed() as [string, string, string, string, string]
    const read = async (range: typeof EVERYTHING, limit = 10) =>
      (await readClientJobs(db, client, range, limit)).map(({ id }) => id)
    expect(await read(EVERYTHING)).toEqual(ids)
    expect(await read({ above: '', below: ids[1] }, 2)).toEqual([ids[2], ids[3]])
    expect(await read({ above: ids[3], below: ids[0] })).toEqual([ids[1], ids[2]])
    const byId = await readClientJobsById(db, client, [ids[4], ids[0], 'job_of_nobody'])
    expect(
      jobSummary
        .array()
        .parse(byId.map(toJobSummary))
        .map(({ id }) => id),
    ).toEqual([ids[0], ids[4]])
    expect(await readClientJobsById(db, 'another', ids)).toEqual([])
  })

  it('cost one look-up each, however many others have', async ({ expect }) => {
    const client = newClient()
    await seed(client, 4)
    await seed('another', 50)
    const read: number[] = []
    const counting = {
      prepare: (sql: string) => ({
        bind: (...values: unknown[]) => ({
          async all() {
            const result = await db
              .prepare(sql)
              .bind(...values)
              .all()
            read.push(result.meta.rows_read)
            return result
          },
        }),
      }),
    } as unknown as D1Database
    expect(await readClientJobs(counting, client, EVERYTHING, 10)).toHaveLength(4)
    const looked = await lookAtClientJobs(counting, client, { sql: 'state IS ?', values: ['queued'] }, EVERYTHING, 10)
    expect(looked.filter(({ hit }) => hit)).toHaveLength(4)
    for (const rows of read) expect(rows).toBeLessThanOrEqual(8)
  })

  it('are looked at by a condition', async ({ expect }) => {
    const client = newClient()
    const [dead] = await seed(client, 1, { state: 'dead' })
    const [queued] = await seed(client, 1)
    const look = (below: string) =>
      lookAtClientJobs(db, client, { sql: 'state IS ? AND queue IS ?', values: ['dead', 'webhook'] }, { above: '', below }, 9)
    expect(await look('~')).toEqual([
      { key: queued?.id, hit: false },
      { key: dead?.id, hit: true },
    ])
    expect(await look(dead?.id ?? '')).toEqual([])
  })
})
