import { applyDocument, documentOf } from '@orchestrator/shared/config/document'
import { EMPTY_CONTENT } from '@orchestrator/shared/config/revision'
import type { ConfigExport, ConfigPlan, WrittenDocument } from '@orchestrator/shared/contracts/config-document'
import { arbitraryConfig } from '@orchestrator/shared/testing/arbitrary-config'
import * as fc from 'fast-check'
import { beforeAll, beforeEach, describe, it } from 'vitest'
import { parse } from 'yaml'
import { checkDocument } from '../config/check-document.ts'
import { lookUpChanged } from '../config/look-up-changed.ts'
import { declaredBy, readDocument } from '../config/read-document.ts'
import { auditLog, hmacSender, issuesOf, read, routeFields, write } from '../testing/config.ts'
import { answer, ask, bindings, bindPeople, configContent, publishTestConfig } from '../testing/harness.ts'

const plan = (document: unknown, status = 200) =>
  answer<ConfigPlan>(write('POST', '/v1/config/plan', { document }, { as: 'viewer' }), status)
const apply = (document: unknown, more: object = {}) =>
  write('POST', '/v1/config/apply', { document, reason: 'as in git', ...more })
const pull = async (): Promise<WrittenDocument> => (await read<ConfigExport>('/v1/config')).document as WrittenDocument
const revision = async (): Promise<number> => (await read<ConfigExport>('/v1/config')).revision
const base = documentOf(configContent)

const whole = {
  ...base,
  secrets: [
    { name: 'outside', source: 'env', variable: 'OUTSIDE' },
    { name: 'stripe', source: 'stored' },
  ],
  providers: [
    { id: 'own', preset: 'custom', secret: 'outside', custom: hmacSender() },
    { id: 'stripe-eu', preset: 'stripe', secret: 'stripe' },
  ],
  routes: [routeFields()],
  clients: [{ id: 'shop', scopes: ['execute'] }],
}

beforeAll(bindPeople)
beforeEach(async () => {
  await bindings.CONTROL_DB.prepare('DELETE FROM config_revisions').run()
  await publishTestConfig()
})

describe('the configuration as a document', () => {
  it('is planned, applied in one revision, read back, and the same again changes nothing', async ({ expect }) => {
    const planned = await plan(whole)
    expect(planned.changes.map(({ kind, id, change }) => `${change} ${kind} ${id}`)).toEqual([
      'created provider own',
      'created provider stripe-eu',
      'created route subscriptions',
      'created client shop',
      'created secret outside',
      'created secret stripe',
    ])
    expect(planned.effects).toEqual([
      '/webhooks/own takes what its sender posts.',
      '/webhooks/stripe-eu takes what its sender posts.',
      'The route subscriptions makes a job of each event of stripe-eu that it takes, from now on.',
      'No enabled route takes the events of own: they are stored as ignored, and can be replayed later.',
      'Nobody can come in as the client shop: it has no key and no service token. POST /v1/clients/shop/keys makes a key.',
      'The secret stripe has no value yet: write it by PUT /v1/secrets/stripe.',
      'Until then nothing that is posted to /webhooks/stripe-eu can be verified: it is answered 503.',
    ])
    expect(await revision()).toBe(planned.baseRevision)

    const applied = await answer(apply(whole, { baseRevision: planned.baseRevision }))
    expect(applied).toMatchObject({ ...planned, configRevision: planned.baseRevision + 1 })
    const [entry] = await auditLog()
    expect(entry).toMatchObject({
      seq: applied['auditSeq'],
      action: 'config.applied',
      target: 'config',
      reason: 'as in git',
      before: { revision: planned.baseRevision },
      after: { changes: planned.changes },
    })
    const provider = await read('/v1/providers/stripe-eu')
    expect(provider['warnings']).toContain('The secret stripe has no value yet: write it by PUT /v1/secrets/stripe.')

    const pulled = await pull()
    expect(pulled.providers?.map(({ id, custom }) => [id, custom?.title])).toEqual([
      ['own', 'own'],
      ['stripe-eu', undefined],
    ])
    const again = await answer(apply(pulled))
    expect(again).toMatchObject({ changes: [], auditSeq: null, configRevision: planned.baseRevision + 1 })
    expect((await answer(apply(whole)))['changes']).toEqual([])
  })

  it('is YAML for who asks for it, byte for byte the same on a fresh instance', async ({ expect }) => {
    await answer(apply(whole))
    const yaml = async () => {
      const response = await ask('/v1/config', { as: 'viewer', headers: { accept: 'application/yaml' } })
      expect(response.headers.get('content-type')).toBe('application/yaml; charset=utf-8')
      expect(response.headers.get('etag')).toMatch(/^"/)
      expect(response.headers.get('x-config-revision')).toBe(String(await revision()))
      return new TextDecoder().decode(await response.arrayBuffer())
    }
    const text = await yaml()
    expect(parse(text)).toEqual(await pull())
    await bindings.CONTROL_DB.prepare('DELETE FROM config_revisions').run()
    await answer(apply(parse(text)))
    expect(await yaml()).toBe(text)
  })

  it('leaves what it does not hold: values, keys, pauses, forced breakers, shards; and takes away what it does not name', async ({
    expect,
  }) => {
    await answer(apply(whole))
    await answer(write('PUT', '/v1/secrets/stripe', { value: 'whsec_value' }))
    const { key } = await answer(write('POST', '/v1/clients/shop/keys', { id: 'k1' }), 201)
    await answer(write('POST', '/v1/connectors/billing/pause', { reason: 'maintenance' }))
    await answer(write('PUT', '/v1/connectors/billing/breaker', { state: 'open', reason: 'maintenance' }))
    const held = await pull()
    expect(held).toEqual(await pull())
    const changed = { ...whole, connectors: whole.connectors?.map((one) => ({ ...one, responseLimitBytes: 2_000 })) }
    await answer(apply(changed))
    expect(await read('/v1/connectors/billing')).toMatchObject({ paused: true, breaker: 'open', responseLimitBytes: 2_000 })
    expect(await read('/v1/clients/shop')).toMatchObject({ keys: [{ id: 'k1' }] })
    expect(await read('/v1/secrets/stripe')).toMatchObject({ hasValue: true })
    expect(await read('/v1/settings')).toMatchObject({ writeShard: 1, liveShards: [1, 0] })
    expect(JSON.stringify(await pull())).not.toContain(key)

    const emptied = await answer<ConfigPlan>(apply({ version: 1 }))
    expect(emptied.effects).toEqual(
      expect.arrayContaining([
        '/webhooks/stripe-eu answers 404 from now on. What was received there stays.',
        'The route subscriptions makes no jobs any more. Those that it made go on.',
        'The connector billing is gone: /execute and /jobs answer 404 to calls of it.',
        'The pause of the connector billing goes with it: what it held goes on.',
        'The forced breaker of billing goes with it.',
        'Every request of the client shop is answered 401, and its keys are gone for good. Jobs that it made go on.',
        'The value of the secret stripe goes with it.',
      ]),
    )
    expect(await pull()).toEqual({ version: 1, settings: { resendGraceMs: 15_000 } })
    expect(await read('/v1/settings')).toMatchObject({ writeShard: 1 })
  })

  it('is refused with all that is wrong, each at its place, and then nothing of it is there', async ({ expect }) => {
    const [billing] = whole.connectors ?? []
    const wrong = {
      ...whole,
      version: 2,
      colours: [],
      settings: { resendGraceMs: 1, writeShard: 0 },
      secrets: [{ name: 'Bad Name', source: 'stored' }, { name: 'theirs', source: 'env', variable: 'SECRETS_KEY' }, 7],
      policies: [...(whole.policies ?? []), { id: 'odd', retry: { backoff: 'list' } }, { id: 'odd' }],
      connectors: [
        {
          ...billing,
          auth: { kind: 'bearer', secret: 'nobody' },
          operations: [{ name: 'a', method: 'GET', path: '/{', body: '(' }],
        },
        { id: 'lan', baseUrl: 'https://10.0.0.1', policy: 'gone', operations: 'none' },
        { id: 'misspelt', baseUrl: 'https://x.example.com', policy: 'billing', egres: {} },
        { id: 'inside', baseUrl: 'https://inside.example', policy: 'odd' },
      ],
      providers: [
        { id: 'p', preset: 'nothing', secret: 'theirs', paused: true },
        { id: 'p2', preset: 'stripe', secret: 'missing' },
      ],
      routes: [
        routeFields({ provider: 'p', connector: 'misspelt', operation: 'x', policy: 'none', filter: '(' }),
        routeFields({ id: 'off', provider: 'p2', enabled: false, operation: 'gone' }),
      ],
      clients: [
        { id: 'a', scopes: ['execute'], connectors: ['billing', 'moon'], serviceTokens: ['t'] },
        { id: 'b', scopes: ['fly'], serviceTokens: ['t'] },
        { id: 'c', scopes: [], serviceTokens: ['t'] },
      ],
    }
    const issues = await issuesOf(apply(wrong))
    expect(Object.keys(issues).toSorted()).toEqual([
      'clients.0.connectors',
      'clients.0.serviceTokens',
      'clients.1.scopes.0',
      'clients.2.serviceTokens',
      'colours',
      'connectors.0.auth.secret',
      'connectors.0.operations.0.body',
      'connectors.0.operations.0.path',
      'connectors.1.baseUrl',
      'connectors.1.operations',
      'connectors.1.policy',
      'connectors.2',
      'connectors.3.baseUrl',
      'policies.1.retry.listMs',
      'policies.2.id',
      'providers.0.paused',
      'providers.0.preset',
      'providers.1.secret',
      'routes.0.filter',
      'routes.0.operation',
      'routes.0.policy',
      'secrets.0.name',
      'secrets.1.variable',
      'secrets.2',
      'settings',
      'settings.resendGraceMs',
      'version',
    ])
    expect(issues).toMatchObject({
      'connectors.0.auth.secret': 'there is no secret nobody; declare it under secrets',
      'policies.2.id': 'odd stands at policies.1 already',
      'connectors.3.baseUrl': expect.stringContaining('10.0.0.1'),
    })
    expect(await pull()).toEqual(base)
    expect(await issuesOf(apply('all'))).toHaveProperty('')
    expect(await issuesOf(write('POST', '/v1/config/apply', { document: base }))).toEqual({ reason: 'is missing' })
  })

  it('is refused upon another revision than it was planned on, and when it is too long', async ({ expect }) => {
    const planned = await plan(whole)
    await answer(write('POST', '/v1/connectors/billing/pause', { reason: 'meanwhile' }))
    const moved = await answer(apply(whole, { baseRevision: planned.baseRevision }), 412)
    expect(moved).toMatchObject({ code: 'precondition_failed', baseRevision: planned.baseRevision + 1 })
    expect(moved['detail']).toContain('Plan again')
    const long = await answer(apply({ version: 1, note: 'x'.repeat(2_200_000) }), 413)
    expect(long['detail']).toContain('shorten long schemas')
    const many = (whole.policies ?? []).concat(Array.from({ length: 4_000 }, (_, i) => ({ id: `p${i}` })))
    expect(await answer(apply({ ...base, policies: many }), 422)).toMatchObject({ code: 'unprocessable' })
    const { etag } = await read('/v1/settings')
    expect(
      (await write('POST', '/v1/config/apply', { document: base, reason: 'x' }, { headers: { 'if-match': String(etag) } }))
        .status,
    ).toBe(412)
  })

  it('keeps a disabled route whose operation is gone, as that was allowed', async ({ expect }) => {
    await answer(apply({ ...whole, routes: [routeFields({ enabled: false })] }))
    await answer(write('DELETE', '/v1/connectors/billing/operations/set-subscription', {}))
    expect((await answer(apply(await pull())))['changes']).toEqual([])
  })

  it('is accepted whatever it is pulled from, and makes the same', ({ expect }) => {
    const rules = { environment: 'production' as const, ownHosts: [] }
    fc.assert(
      fc.property(arbitraryConfig, (content) => {
        const written = documentOf(content)
        const document = readDocument(JSON.parse(JSON.stringify(written)))
        const fresh = applyDocument(EMPTY_CONTENT, declaredBy(document))
        expect([...document.issues, ...checkDocument(document, fresh, rules)]).toEqual([])
        expect(JSON.stringify(documentOf(fresh))).toBe(JSON.stringify(written))
      }),
      { numRuns: 30 },
    )
  })
})

describe('the addresses of a document', () => {
  const egressRules = { environment: 'production' as const, ownHosts: [] }
  const current = { ...configContent, revision: 1, publishedAt: 1 }
  const leadingTo = (addresses: string[]) =>
    readDocument({ ...base, connectors: addresses.map((baseUrl, i) => ({ id: `c${i}`, baseUrl, policy: 'billing' })) })
  const places = (count: number) => Array.from({ length: count }, (_, i) => `https://host${i}.example.com/v1`)

  it('are looked up once a place, and only so many', async ({ expect }) => {
    const asked: string[] = []
    const deps = {
      egressRules,
      lookUp: async (address: string) => {
        asked.push(address)
        return { ok: true as const, warnings: [] }
      },
    }
    const paths = Array.from({ length: 300 }, (_, i) => `https://one.example.com/${i}`)
    expect(await lookUpChanged(deps, current, leadingTo([...paths, ...places(99)]))).toEqual({ issues: [], oddities: [] })
    expect(asked).toHaveLength(100)
    await expect(lookUpChanged(deps, current, leadingTo(places(101)))).rejects.toMatchObject({ code: 'unprocessable' })
    expect(asked).toHaveLength(100)
    const refused = await plan(
      { ...base, connectors: places(101).map((baseUrl, i) => ({ id: `c${i}`, baseUrl, policy: 'billing' })) },
      422,
    )
    expect(refused).toMatchObject({ detail: expect.stringContaining('Apply it in parts') as string })
  })

  it('are told as not checked where the resolver takes too long, all within one deadline', async ({ expect }) => {
    const deps = { egressRules, lookUp: () => new Promise<never>(() => {}) }
    const began = Date.now()
    const { issues, oddities } = await lookUpChanged(deps, current, leadingTo(places(30)), 50)
    expect(Date.now() - began).toBeLessThan(1_000)
    expect(issues).toEqual([])
    expect(oddities).toHaveLength(30)
    expect(oddities[0]).toBe('The connector c0: baseUrl: it was not checked in time what host0.example.com resolves to.')
  })
})
