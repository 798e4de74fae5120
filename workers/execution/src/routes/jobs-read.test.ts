import { jobPage, jobView } from '@orchestrator/shared/contracts/execution-api'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { clientOrderingKey } from '@orchestrator/shared/jobs/ordering-key'
import { insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { describe, it } from 'vitest'
import { jobsStack } from '../testing/jobs.ts'
import { consume, env, only } from '../testing/stack.ts'

const NOON = Date.UTC(2026, 10, 25, 12)

/** Jobs of a client, one a minute from noon on, the oldest in the shard that was written to before. */
async function seed(client: string, count: number, changes: (i: number) => Partial<JobRow> = () => ({})): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, i) => {
    const [createdAt, shard] = [NOON + i * 60_000, i === 0 ? 1 : 0]
    return { shard, row: jobRow({ id: testId('job', shard, createdAt), client, createdAt, ...changes(i) }) }
  })
  for (const { shard, row } of rows) await insertRows(shard === 0 ? env.DATA_00 : env.DATA_01, 'jobs', row)
  return rows.map(({ row }) => row.id)
}

describe('GET /jobs/:id', () => {
  it('tells what became of a job, its attempts and its result', async ({ expect }) => {
    const one = await jobsStack()
    await one.answers({ status: 503 }, { status: 201, headers: { 'content-type': 'application/json' }, body: '{"done":true}' })
    const { id } = (await one.post({ resultTtlSeconds: 3_600 })).json
    expect(await one.view(id)).toMatchObject({ status: 'queued', attempts: [], result: null, resultExpiresAt: null })
    const { body } = only(one.sent)
    await consume([body])
    expect(await one.view(id)).toMatchObject({ status: 'retrying', attempts: [{ attempt: 1, outcome: 'failure', status: 503 }] })
    await env.DATA_00.prepare('UPDATE jobs SET due_at = 0 WHERE id = ?').bind(id).run()
    await consume([body])
    const view = await one.view(id)
    expect(jobView.parse(view)).toEqual(view)
    expect(view).toMatchObject({ status: 'succeeded', result: { status: 201, body: { done: true } }, callbackJobId: null })
    expect(view.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['failure', 503],
      ['success', 201],
    ])
    const ended = Date.parse(view.finishedAt ?? '')
    expect(Date.parse(view.resultExpiresAt ?? '') - ended).toBe(3_600_000)
  })

  it('shows a job to its client alone, and a client only what it may read', async ({ expect }) => {
    const one = await jobsStack()
    const { id } = (await one.post()).json
    const [foreign] = await seed('somebody-else', 1)
    for (const unknown of [foreign ?? '', 'job_1', 'x'.repeat(3_000), id.replace('job', 'whk'), `${id}%00`]) {
      const answer = await one.request('GET', `/jobs/${unknown}`)
      expect([answer.status, answer.json.code]).toEqual([404, 'not_found'])
    }
    expect((await one.requestOfAnother('GET', `/jobs/${id}`)).status).toBe(404)
    const writer = await jobsStack({ client: { scopes: ['jobs:write'] } })
    const made = await writer.post()
    for (const path of [`/jobs/${made.json.id}`, '/jobs']) expect((await writer.request('GET', path)).status).toBe(403)
  })
})

describe('GET /jobs', () => {
  it('lists the jobs of the client over all shards, newest first, page by page', async ({ expect }) => {
    const one = await jobsStack()
    const ids = (await seed(one.client.id, 7)).toReversed()
    await seed('somebody-else', 2)
    const first = await one.request('GET', '/jobs?limit=3')
    expect(jobPage.parse(first.json)).toEqual(first.json)
    const second = await one.request('GET', `/jobs?limit=3&cursor=${first.json.nextCursor}`)
    const third = await one.request('GET', `/jobs?limit=3&cursor=${second.json.nextCursor}`)
    expect([first, second, third].map(({ json }) => json.items.map(({ id }) => id))).toEqual([
      ids.slice(0, 3),
      ids.slice(3, 6),
      ids.slice(6),
    ])
    expect(third.json.nextCursor).toBeNull()
  })

  it('narrows it by what a job is and when it was made', async ({ expect }) => {
    const one = await jobsStack()
    const { id: client } = one.client
    const kinds: Partial<JobRow>[] = [
      { state: 'dead', connector: 'shop' },
      { queue: 'low', operation: 'echo' },
      { orderingKey: clientOrderingKey(client, 'a b'), n: 1 },
      { state: 'dead', queue: 'low' },
    ]
    const ids = await seed(client, 4, (i) => kinds[i] ?? {})
    const list = async (query: string) => {
      const { json } = await one.request('GET', `/jobs?${query}`)
      return json.items.map(({ id }) => ids.indexOf(id))
    }
    expect(await list('status=dead')).toEqual([3, 0])
    expect(await list('status=dead&queue=low')).toEqual([3])
    expect(await list('connector=shop')).toEqual([0])
    expect(await list('operation=echo')).toEqual([1])
    expect(await list('orderingKey=a%20b')).toEqual([2])
    expect(await list('createdAfter=2026-11-25T12:01:00Z&createdBefore=2026-11-25T12:03:00Z')).toEqual([2, 1])
    expect(await list('createdAfter=2026-11-25T12:01:00Z&status=dead')).toEqual([3])
    expect(await list('createdBefore=2026-11-25T12:00:00Z')).toEqual([])
    expect((await one.request('GET', '/jobs?orderingKey=a%20b')).json.items).toMatchObject([{ orderingKey: 'a b' }])
  })

  it('names a parameter that it does not know, or cannot use', async ({ expect }) => {
    const one = await jobsStack()
    for (const [query, path, message] of [
      ['colour=red', '', 'colour'],
      ['status=alive', 'status', ''],
      ['limit=0', 'limit', ''],
      ['createdAfter=yesterday', 'createdAfter', ''],
      ['orderingKey=', 'orderingKey', ''],
      ['cursor=abc', 'cursor', ''],
      ['queue=fast', 'queue', ''],
    ]) {
      const answer = await one.request('GET', `/jobs?${query}`)
      expect([answer.status, answer.json.issues?.map((issue) => issue.path)]).toEqual([400, [path]])
      expect(answer.json.issues?.[0]?.message).toContain(message)
    }
  })
})
