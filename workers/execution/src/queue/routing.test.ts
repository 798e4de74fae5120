import { contentOf } from '@orchestrator/shared/config/revision'
import { route as routeContract } from '@orchestrator/shared/contracts/config'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import { consume, env, messageOf, readJob, readLetters, stack } from '../testing/stack.ts'

/** A connector whose one route is changed. */
async function routed(changes: Record<string, unknown>, policies: Parameters<typeof testPolicy>[0][] = []) {
  const plain = await stack()
  const route = plain.snapshot.routes[0]
  const routes = [routeContract.parse({ ...route, ...changes })]
  const content = contentOf(plain.snapshot)
  const config = { ...content, routes, policies: [...content.policies, ...policies.map((one) => testPolicy(one))] }
  const changed = await stack({ config })
  return { ...changed, name: plain.name, calls: plain.calls, answers: plain.answers, plain }
}

describe('a job whose route has its own policy', () => {
  it('retries as that one says, and not as its connector’s', async ({ expect }) => {
    const patient = testPolicy({ id: 'patient' })
    const { plain, snapshot } = await routed({}, [{ id: 'once', retry: { ...patient.retry, maxAttempts: 1 } }])
    await plain.answers({ status: 500 }, { status: 500 })
    const [own] = await plain.seed(1, { configRevision: snapshot.revision })
    const [once] = await plain.seed(1, { configRevision: snapshot.revision, policy: 'once' })
    if (!own || !once) throw new Error('nothing was seeded')
    await consume([messageOf(own), messageOf(once)])
    expect((await readJob(own.id)).state).toBe('retrying')
    expect((await readJob(once.id)).state).toBe('dead')
  })

  it('draws on a rate limit of its own', async ({ expect }) => {
    const rateLimit = { limit: 1, perMs: 60_000, burst: 0, key: null, onUnavailable: 'failOpen' as const }
    const { plain, snapshot } = await routed({}, [{ id: 'slow', rateLimit }])
    const asked: string[] = []
    const jobs = await plain.seed(2, { configRevision: snapshot.revision })
    const [slow] = await plain.seed(1, { configRevision: snapshot.revision, policy: 'slow' })
    if (!slow) throw new Error('nothing was seeded')
    await consume([...jobs, slow].map(messageOf), (real) => ({
      rateLimiter: (key) => {
        asked.push(key)
        return real.rateLimiter(key)
      },
    }))
    expect(asked).toEqual([`${plain.name}:slow`])
  })

  it('dies of a policy that its configuration does not have', async ({ expect }) => {
    const { seed } = await stack()
    const [job] = await seed(1, { policy: 'missing' })
    if (!job) throw new Error('nothing was seeded')
    await consume([messageOf(job)])
    expect(await readLetters(job.id)).toMatchObject([{ class: 'config_error', error: expect.stringContaining('missing') }])
  })
})

describe('a job that is scheduled', () => {
  it('is worked when its time has come', async ({ expect }) => {
    const { seed, calls } = await stack()
    const [job] = await seed(1, { state: 'scheduled' })
    if (!job) throw new Error('nothing was seeded')
    await consume([messageOf(job)])
    expect([(await readJob(job.id)).state, (await calls()).length]).toEqual(['succeeded', 1])
  })

  it('is left alone before', async ({ expect }) => {
    const { seed, calls } = await stack()
    const [job] = await seed(1, { state: 'scheduled', dueAt: Date.now() + 60_000 })
    if (!job) throw new Error('nothing was seeded')
    expect((await consume([messageOf(job)])).acked).toBe(1)
    expect([(await readJob(job.id)).state, (await calls()).length]).toEqual(['scheduled', 0])
  })
})

describe('ordered jobs', () => {
  it('call the upstream one after another, each when the one before has ended, and cost no attempt while they wait', async ({
    expect,
  }) => {
    const { seed, calls } = await stack()
    const orderingKey = crypto.randomUUID()
    const jobs = (await Promise.all([1, 2, 3].map((n) => seed(1, { orderingKey, n, queue: n === 3 ? 'low' : 'webhook' })))).flat()
    const ids = jobs.map(({ id }) => id)
    let consumed = await consume(jobs.toReversed().map(messageOf))
    expect([consumed.acked, (await calls()).length]).toEqual([3, 1])
    for (const next of ids.slice(1)) {
      expect(consumed.sent).toMatchObject([{ body: { kind: 'job', jobId: next, generation: 1 }, delaySeconds: 0 }])
      expect(await readJob(next)).toMatchObject({ state: 'queued', attempts: 0, firstStartedAt: null })
      consumed = await consume(consumed.sent.map(({ body }) => body))
    }
    expect(consumed.sent).toEqual([])
    expect((await calls()).map(({ headers }) => headers['idempotency-key'])).toEqual(ids)
  })

  it('are sent to the queue that each of them is in', async ({ expect }) => {
    const { seed } = await stack()
    const orderingKey = crypto.randomUUID()
    const [first] = await seed(1, { orderingKey, n: 1 })
    await seed(1, { orderingKey, n: 2, queue: 'low' })
    if (!first) throw new Error('nothing was seeded')
    const queues: string[] = []
    await consume([messageOf(first)], { sendJobs: async (queue) => void queues.push(queue) })
    expect(queues).toEqual(['low'])
  })
})

describe('the input of a job', () => {
  const seedBody = async (
    mapping: string,
    contentType: string,
    body: string,
    bodyEncoding: 'utf8' | 'base64' = 'utf8',
    headers: [string, string][] = [],
  ) => {
    const { plain, snapshot } = await routed({ input: mapping, operation: 'echo' })
    const [job] = await plain.seed(1, { configRevision: snapshot.revision, operation: 'echo' })
    if (!job) throw new Error('nothing was seeded')
    await env.DATA_00.prepare('UPDATE inbox SET content_type = ?, headers = ?, body = ?, body_encoding = ? WHERE id = ?')
      .bind(contentType, JSON.stringify(headers), body, bodyEncoding, job.inboxId)
      .run()
    await consume([messageOf(job)])
    return { call: (await plain.calls())[0], job: await readJob(job.id) }
  }

  it.for([
    ['JSON', '{"to": a.b}', 'application/json', '{"a":{"b":1}}', { to: 1 }],
    [
      'a form',
      '{"to": To, "all": Media}',
      'application/x-www-form-urlencoded',
      'To=%2B1&Media=a&Media=b',
      { to: '+1', all: ['a', 'b'] },
    ],
    ['text', '{"said": $}', 'text/plain', 'hello', { said: 'hello' }],
  ] as const)('is mapped from %s', async ([, mapping, contentType, body, sent], { expect }) => {
    const { call, job } = await seedBody(mapping, contentType, body)
    expect(job.state).toBe('succeeded')
    expect(JSON.parse(call?.body ?? '')).toEqual(sent)
  })

  it('is mapped from what was compressed', async ({ expect }) => {
    const zipped = await new Response(new Blob(['{"a":7}']).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
    const base64 = btoa(String.fromCharCode(...new Uint8Array(zipped)))
    const { call } = await seedBody('{"to": a}', 'application/json', base64, 'base64', [['content-encoding', 'gzip']])
    expect(JSON.parse(call?.body ?? '')).toEqual({ to: 7 })
  })

  it('is not to be had from bytes', async ({ expect }) => {
    const { job } = await seedBody('{"a": a.b}.a', 'application/octet-stream', '//4=', 'base64')
    expect(job).toMatchObject({ state: 'dead', lastError: expect.stringContaining('matches nothing') })
  })
})
