import { describe, it } from 'vitest'
import { jobsStack } from '../testing/jobs.ts'
import { env } from '../testing/stack.ts'

async function jobsOf(client: string): Promise<number> {
  const count = await env.DATA_00.prepare('SELECT count(*) AS count FROM jobs WHERE client = ?')
    .bind(client)
    .first<number>('count')
  return count ?? 0
}

describe('an Idempotency-Key at /jobs', () => {
  it('makes one job of many requests', async ({ expect }) => {
    const one = await jobsStack()
    const answers = await Promise.all(Array.from({ length: 20 }, () => one.post({}, { 'idempotency-key': 'same' })))
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202))
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')
    expect(replayed).toHaveLength(19)
    expect(replayed[0]?.headers.get('location')).toBe(`/jobs/${replayed[0]?.json.id}`)
    expect([await jobsOf(one.client.id), one.sent.length]).toEqual([1, 1])
  })

  it('is the same in another order of fields, bare and quoted, and differs with the body', async ({ expect }) => {
    const one = await jobsStack()
    const key = { 'idempotency-key': 'order-1' }
    const first = await one.post({ queue: 'low' }, key)
    const { connector, operation, input } = one.call
    const again = await one.request(
      'POST',
      '/jobs',
      { queue: 'low', input, operation, connector },
      { 'idempotency-key': '"order-1"' },
    )
    expect([again.status, again.json]).toEqual([202, first.json])
    const other = await one.post({ queue: 'default' }, key)
    expect([other.status, other.json.code]).toEqual([422, 'idempotency_key_reused'])
    expect(await jobsOf(one.client.id)).toBe(1)
  })

  it('is one for all endpoints', async ({ expect }) => {
    const one = await jobsStack()
    const key = (name: string) => ({ 'idempotency-key': name })
    expect((await one.post({}, key('a'))).status).toBe(202)
    const batch = await one.request('POST', '/jobs/batch', { jobs: [one.call] }, key('a'))
    expect([batch.status, batch.json.code]).toEqual([422, 'idempotency_key_reused'])
    const execute = await one.execute(key('a'))
    expect([execute.status, execute.json.code]).toEqual([422, 'idempotency_key_reused'])
    expect((await one.execute(key('b'))).status).toBe(200)
    expect((await one.post({}, key('b'))).status).toBe(422)
    expect(await jobsOf(one.client.id)).toBe(1)
  })

  it('of a batch gives the same jobs again, and leaves no second input in R2', async ({ expect }) => {
    const one = await jobsStack()
    const jobs = [{ ...one.call, input: 'x'.repeat(70_000) }, one.call]
    const ask = () => one.request('POST', '/jobs/batch', { jobs }, { 'idempotency-key': 'batch' })
    const [first, second] = [await ask(), await ask()]
    expect(second.json).toEqual(first.json)
    expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    expect([await jobsOf(one.client.id), one.sent.length]).toEqual([2, 2])
    const stored = await env.PAYLOADS.list({ prefix: `job-inputs/${first.json.jobs[0]?.id}` })
    expect(stored.objects).toHaveLength(1)
  })

  it('that cannot be one is named', async ({ expect }) => {
    const one = await jobsStack()
    const answer = await one.post({}, { 'idempotency-key': 'a b' })
    expect([answer.status, answer.json.issues?.map(({ path }) => path)]).toEqual([400, ['Idempotency-Key']])
  })

  it('does not hold when nothing was made', async ({ expect }) => {
    const one = await jobsStack()
    const key = { 'idempotency-key': 'again' }
    expect((await one.post({ operation: 'nothing' }, key)).status).toBe(404)
    expect((await one.post({}, key)).status).toBe(202)
  })
})
