import { describe, it } from 'vitest'
import { jobsStack } from '../testing/jobs.ts'
import { env, readJob } from '../testing/stack.ts'

const count = (client: string) =>
  env.DATA_00.prepare('SELECT count(*) AS count FROM jobs WHERE client = ?').bind(client).first<number>('count')

describe('POST /jobs/batch', () => {
  it('makes 500 jobs in their order, and sends them by the hundred', async ({ expect }) => {
    const one = await jobsStack()
    const jobs = Array.from({ length: 500 }, (_, i) => ({
      ...one.call,
      input: { i },
      orderingKey: 'all',
      ...(i % 5 === 0 ? { queue: 'low' } : {}),
      ...(i === 7 ? { delaySeconds: 86_401 } : {}),
    }))
    const answer = await one.request('POST', '/jobs/batch', { jobs })
    expect([answer.status, answer.json.jobs.length, answer.json.jobs[7]?.status]).toEqual([202, 500, 'scheduled'])
    const rows = await Promise.all([0, 1, 499].map((i) => readJob(answer.json.jobs[i]?.id ?? '')))
    expect(rows.map(({ input }) => input)).toEqual(['{"i":0}', '{"i":1}', '{"i":499}'])
    const [first, second, last] = rows.map(({ n }) => n ?? 0) as [number, number, number]
    expect([second - first, last - first]).toEqual([1, 499])
    expect(await count(one.client.id)).toBe(500)
    expect(one.batches.toSorted((a, b) => a - b)).toEqual([99, 100, 100, 100, 100])
    expect(one.sent.filter(({ queue }) => queue === 'low')).toHaveLength(100)
  })

  it('makes none when one of them is wrong, and tells every wrong one', async ({ expect }) => {
    const one = await jobsStack({ client: { queues: ['default'] } })
    const ask = async (...changes: Record<string, unknown>[]) => {
      const jobs = changes.map((change) => ({ ...one.call, ...change }))
      const answer = await one.request('POST', '/jobs/batch', { jobs })
      return [answer.status, (answer.json.issues ?? []).map(({ path }) => path)]
    }
    expect(await ask({}, { queue: 'fast' }, { delaySeconds: -1, input: 1 })).toEqual([
      400,
      ['jobs.1.queue', 'jobs.2.delaySeconds'],
    ])
    expect(await ask({ runAt: '2999-01-01T00:00:00Z' }, {})).toEqual([400, ['jobs.0.runAt']])
    expect(await ask({ queue: 'low' }, { connector: 'nowhere' }, { queue: 'critical' })).toEqual([
      403,
      ['jobs.0.queue', 'jobs.2.queue'],
    ])
    const unknown = [404, ['jobs.1.connector', 'jobs.2.operation']]
    expect(await ask({}, { connector: 'nowhere' }, { operation: 'nothing' })).toEqual(unknown)
    expect(await ask({}, { operation: 'set-subscription', input: {} })).toEqual([400, ['jobs.1.input.id']])
    expect(await ask()).toEqual([400, ['jobs']])
    expect(await ask(...Array.from({ length: 501 }, () => ({})))).toEqual([400, ['jobs']])
    expect([await count(one.client.id), one.sent]).toEqual([0, []])
  })

  it('takes ten megabytes when their length is said', async ({ expect }) => {
    const one = await jobsStack()
    const jobs = Array.from({ length: 20 }, () => ({ ...one.call, input: '"'.repeat(60_000) }))
    const body = JSON.stringify({ jobs })
    const unsaid = await one.request('POST', '/jobs/batch', body)
    expect([unsaid.status, unsaid.json.code]).toEqual([411, 'length_required'])
    const said = await one.request('POST', '/jobs/batch', body, { 'content-length': String(body.length) })
    expect([said.status, said.json.jobs.length]).toEqual([202, 20])
    const tooLong = await one.request('POST', '/jobs/batch', 'x', { 'content-length': '10485761' })
    expect([tooLong.status, tooLong.json.code]).toEqual([413, 'body_too_large'])
  })
})
