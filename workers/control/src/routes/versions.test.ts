import type { ChangedProvider, RouteView } from '@orchestrator/shared/contracts/config-api'
import { beforeAll, beforeEach, describe, it } from 'vitest'
import { auditLog, read, write } from '../testing/config.ts'
import { publishExamples } from '../testing/example-config.ts'
import { answer, ask, bindPeople } from '../testing/harness.ts'

beforeAll(bindPeople)
beforeEach(async () => void (await publishExamples()))

interface Tagged {
  id: string
  etag: string
}
interface Problem {
  code: string
  detail: string
  etag?: string
}

const ONE_OF_EACH = [
  '/v1/providers/stripe',
  '/v1/routes/subscriptions',
  '/v1/connectors/billing',
  '/v1/connectors/billing/operations/set-subscription',
  '/v1/policies/billing',
  '/v1/clients/shop',
  '/v1/secrets/stripe',
  '/v1/settings',
]
const tagOf = async (path: string): Promise<string> => (await read<Tagged>(path)).etag
const patch = (path: string, body: object, ifMatch: string, query = '') =>
  write('PATCH', `${path}${query}`, body, { headers: { 'if-match': ifMatch } })

describe('a version', () => {
  it('is the same in the header, in what is read, and in the list that has it', async ({ expect }) => {
    for (const path of ONE_OF_EACH) {
      const response = await ask(path, { as: 'viewer' })
      const { etag } = await response.json<Tagged>()
      expect(etag, path).toMatch(/^"[A-Za-z0-9_-]{22}"$/)
      expect(response.headers.get('etag'), path).toBe(etag)
      if (path === '/v1/settings') continue
      const { items } = await read<{ items: Tagged[] }>(path.slice(0, path.lastIndexOf('/')))
      expect(
        items.map((item) => item.etag),
        path,
      ).toContain(etag)
    }
    const { items } = await read<{ items: Tagged[] }>('/v1/queues')
    expect(new Set(items.map(({ etag }) => etag)).size).toBe(4)
  })

  it('is another one after a change, and the same again after it is taken back; what happens beside leaves it', async ({
    expect,
  }) => {
    const before = await tagOf('/v1/routes/subscriptions')
    const response = await write('PATCH', '/v1/routes/subscriptions', { queue: 'low' })
    const changed = await response.json<RouteView>()
    expect(changed.etag).not.toBe(before)
    expect(response.headers.get('etag')).toBe(changed.etag)
    expect(await tagOf('/v1/routes/subscriptions')).toBe(changed.etag)
    const connector = await tagOf('/v1/connectors/billing')
    await answer(write('PATCH', '/v1/routes/subscriptions', { queue: 'webhook' }))
    await answer(write('DELETE', '/v1/routes/disabled', {}))
    expect([await tagOf('/v1/routes/subscriptions'), await tagOf('/v1/connectors/billing')]).toEqual([before, connector])
  })

  it('of a connector changes with its pause and its breaker, and that of a client with its keys', async ({ expect }) => {
    const seen = [await tagOf('/v1/connectors/billing')]
    await answer(write('POST', '/v1/connectors/billing/pause', { reason: 'x' }))
    seen.push(await tagOf('/v1/connectors/billing'))
    await answer(write('PUT', '/v1/connectors/billing/breaker', { state: 'open', reason: 'x' }))
    seen.push(await tagOf('/v1/connectors/billing'))
    expect(new Set(seen).size).toBe(3)
    const client = await tagOf('/v1/clients/shop')
    const made = await write('POST', '/v1/clients/shop/keys', {})
    expect([made.status, made.headers.get('etag')]).toEqual([201, await tagOf('/v1/clients/shop')])
    expect(made.headers.get('etag')).not.toBe(client)
  })
})

describe('If-Match', () => {
  it('lets the change through that knows the version, and refuses the second of two who read the same', async ({ expect }) => {
    const seen = await tagOf('/v1/policies/billing')
    const first = await answer<Tagged>(patch('/v1/policies/billing', { timeout: { perAttemptMs: 1_000, totalMs: 60_000 } }, seen))
    const [newest] = await auditLog()
    const response = await patch('/v1/policies/billing', { circuitBreaker: null }, seen)
    expect([response.status, response.headers.get('etag')]).toEqual([412, first.etag])
    const problem = await response.json<Problem>()
    expect(problem).toMatchObject({ code: 'precondition_failed', etag: first.etag })
    expect(problem.detail).toContain('policy:billing is not what If-Match says. Read it again')
    expect((await auditLog())[0]?.seq).toBe(newest?.seq)
    await answer(patch('/v1/policies/billing', { circuitBreaker: null }, first.etag))
  })

  it('lets one of many through who write at once', async ({ expect }) => {
    const seen = await tagOf('/v1/routes/subscriptions')
    const statuses = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => (await patch('/v1/routes/subscriptions', { delaySeconds: i + 1 }, seen)).status),
    )
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412, 412, 412])
  })

  it('takes several tags, weak ones never, and * for whatever is there', async ({ expect }) => {
    const path = '/v1/routes/subscriptions'
    const seen = await tagOf(path)
    const status = async (ifMatch: string) => (await patch(path, { queue: 'webhook' }, ifMatch)).status
    expect(await status(`"other,one" , ${seen}`)).toBe(200)
    expect(await status(`,, ${seen} ,`)).toBe(200)
    expect(await status('*')).toBe(200)
    expect(await status(`W/${seen}`)).toBe(412)
    for (const malformed of [seen.slice(1, -1), `${seen} ${seen}`, `*, ${seen}`, `"open`]) {
      expect(await status(malformed), malformed).toBe(400)
    }
  })

  it('is true of nothing that is yet to be made', async ({ expect }) => {
    const create = (ifMatch: string) =>
      write('POST', '/v1/policies/billing/clone', { id: 'twin' }, { headers: { 'if-match': ifMatch } })
    for (const ifMatch of ['*', await tagOf('/v1/policies/billing')]) {
      const problem = await answer<Problem>(create(ifMatch), 412)
      expect(problem.detail).toContain('There is no policy:twin yet')
    }
    const secret = await write('PUT', '/v1/secrets/new', { value: 'x' }, { headers: { 'if-match': '*' } })
    expect(secret.status).toBe(412)
  })

  it('is looked at after everything else that may be wrong', async ({ expect }) => {
    const stale = { headers: { 'if-match': '"stale"' } }
    const malformed = { headers: { 'if-match': 'no tag' } }
    expect((await ask('/v1/routes/none', { method: 'PATCH', body: {}, ...malformed })).status).toBe(401)
    expect((await write('PATCH', '/v1/routes/none', {}, { as: 'viewer', ...malformed })).status).toBe(403)
    expect((await write('PATCH', '/v1/routes/none?dryRun=perhaps', {}, { as: 'viewer' })).status).toBe(403)
    expect((await write('PATCH', '/v1/routes/none?dryRun=perhaps', {})).status).toBe(400)
    expect((await write('PATCH', '/v1/routes/subscriptions', { queue: 'none' }, stale)).status).toBe(400)
    expect((await write('PATCH', '/v1/routes/none', {}, stale)).status).toBe(404)
    expect((await write('PATCH', '/v1/routes/subscriptions', {}, stale)).status).toBe(412)
  })

  it('holds for a dry run, too, which has no version of its own', async ({ expect }) => {
    const seen = await tagOf('/v1/routes/subscriptions')
    expect((await patch('/v1/routes/subscriptions', { queue: 'low' }, '"stale"', '?dryRun=true')).status).toBe(412)
    const dry = await patch('/v1/routes/subscriptions', { queue: 'low' }, seen, '?dryRun=true')
    expect([dry.status, dry.headers.get('etag')]).toEqual([200, null])
    expect((await patch('/v1/routes/subscriptions', { queue: 'low' }, seen, '?dryRun=false&dryRun=true')).status).toBe(400)
    expect(await tagOf('/v1/routes/subscriptions')).toBe(seen)
  })
})

describe('a clone', () => {
  const clone = <T = Tagged & { warnings: string[] }>(path: string, body: object) =>
    answer<T>(write('POST', `/v1/${path}/clone`, body), 201)

  it('is its source but for its id and what is given', async ({ expect }) => {
    const response = await write('POST', '/v1/providers/paused/clone', {
      id: 'twin',
      bodyLimitBytes: 2_000,
      reason: 'a second shop',
    })
    expect([response.status, response.headers.get('location')]).toEqual([201, '/v1/providers/twin'])
    const [source, twin] = [
      await read<ChangedProvider>('/v1/providers/paused'),
      await read<ChangedProvider>('/v1/providers/twin'),
    ]
    const { etag: _etag, ...rest } = source
    expect(twin).toEqual({
      ...rest,
      etag: response.headers.get('etag'),
      id: 'twin',
      path: '/webhooks/twin',
      bodyLimitBytes: 2_000,
      paused: false,
      warnings: expect.any(Array),
    })
    expect((await auditLog())[0]).toMatchObject({
      action: 'provider.created',
      target: 'provider:twin',
      reason: 'a second shop',
      after: { clonedFrom: 'paused', bodyLimitBytes: 2_000 },
    })
  })

  it('of a connector has its operations, and begins without its pause and its forced breaker', async ({ expect }) => {
    await answer(write('POST', '/v1/connectors/billing/pause', { reason: 'x' }))
    const twin = await clone<Record<string, unknown>>('connectors/billing', { id: 'twin', baseUrl: 'https://twin.example.com' })
    expect(twin).toMatchObject({
      baseUrl: 'https://twin.example.com',
      paused: false,
      breaker: null,
      usedBy: { operations: ['set-subscription', 'unused'] },
    })
    const operations = await read<{ items: { connector: string; name: string }[] }>('/v1/connectors/twin/operations')
    expect(operations.items.map(({ connector, name }) => `${connector}/${name}`)).toEqual([
      'twin/unused',
      'twin/set-subscription',
    ])
  })

  it('of an operation is one more call of the same connector', async ({ expect }) => {
    const path = '/v1/connectors/billing/operations/set-subscription'
    const source = await read(path)
    const response = await write('POST', `${path}/clone`, { name: 'twin', method: 'POST', reason: 'they want POST now' })
    expect([response.status, response.headers.get('location')]).toEqual([201, '/v1/connectors/billing/operations/twin'])
    const twin = await read('/v1/connectors/billing/operations/twin')
    const etag = response.headers.get('etag')
    expect(twin).toEqual({ ...source, name: 'twin', method: 'POST', etag, usedBy: { routes: [] }, warnings: twin['warnings'] })
    expect((await auditLog())[0]).toMatchObject({
      action: 'operation.created',
      target: 'operation:billing/twin',
      after: { clonedFrom: 'set-subscription', method: 'POST' },
    })
    const status = async (at: string, body: object) => (await write('POST', `${at}/clone`, body)).status
    expect(await status(path, {})).toBe(400)
    expect(await status(path, { name: 'unused' })).toBe(409)
    expect(await status(path, { name: 'other', connector: 'held' })).toBe(400)
    expect(await status(path, { name: 'other', path: 'no slash' })).toBe(400)
    expect(await status('/v1/connectors/billing/operations/none', { name: 'other' })).toBe(404)
    expect(await status('/v1/connectors/none/operations/none', { name: 'other' })).toBe(404)
  })

  it('of a route is disabled, and of a client is disabled and without a key, unless told otherwise', async ({ expect }) => {
    expect(await clone('routes/subscriptions', { id: 'twin' })).toMatchObject({ enabled: false, eventTypes: ['customer.*'] })
    expect(await clone('routes/subscriptions', { id: 'twin-2', enabled: true })).toMatchObject({ enabled: true })
    const client = await clone('clients/shop', { id: 'twin' })
    expect(client).toMatchObject({ name: 'twin', enabled: false, keys: [], serviceTokens: [], scopes: ['execute'] })
    expect(client.warnings.join(' ')).toMatch(/is disabled.*no key that is valid/)
  })

  it('needs an id that is free, and a source, and has to be sound', async ({ expect }) => {
    const status = async (path: string, body: object) => (await write('POST', `/v1/${path}/clone`, body)).status
    expect(await status('policies/billing', {})).toBe(400)
    expect(await status('policies/billing', { id: 'Not A Slug' })).toBe(400)
    expect(await status('policies/billing', { id: 'unused' })).toBe(409)
    expect(await status('policies/none', { id: 'twin' })).toBe(404)
    expect(await status('routes/subscriptions', { id: 'twin', connector: 'none' })).toBe(400)
    expect(await status('connectors/billing', { id: 'twin', baseUrl: 'https://10.0.0.1' })).toBe(400)
    expect(await status('connectors/billing', { id: 'twin', baseUrl: 'https://inside.example' })).toBe(400)
  })
})

describe('a provider', () => {
  const steer = (verb: 'pause' | 'resume', id = 'stripe') =>
    answer<ChangedProvider>(write('POST', `/v1/providers/${id}/${verb}`, { reason: 'they send nonsense' }, { as: 'operator' }))

  it('is paused and resumed by operators, who say why; to do it again changes nothing', async ({ expect }) => {
    const paused = await steer('pause')
    expect(paused.paused).toBe(true)
    expect((await auditLog())[0]).toMatchObject({
      seq: paused.auditSeq,
      action: 'provider.paused',
      target: 'provider:stripe',
      before: { paused: false },
      after: { paused: true },
    })
    expect(await steer('pause')).toMatchObject({ auditSeq: null, configRevision: paused.configRevision, paused: true })
    expect(await steer('resume')).toMatchObject({ paused: false, enabled: true })
    expect((await steer('resume')).auditSeq).toBeNull()
    expect((await write('POST', '/v1/providers/stripe/pause', {})).status).toBe(400)
    expect((await write('POST', '/v1/providers/none/pause', { reason: 'x' })).status).toBe(404)
  })
})
