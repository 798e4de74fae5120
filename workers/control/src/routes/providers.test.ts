import { readSnapshotFromDb, readSnapshotFromR2 } from '@orchestrator/shared/config/snapshot-store'
import { verifyChain } from '@orchestrator/shared/audit/verify'
import { listAudit } from '@orchestrator/shared/audit/queries'
import {
  changedProvider,
  type ChangedProvider,
  deleted,
  type ProviderView,
  providerView,
} from '@orchestrator/shared/contracts/config-api'
import { beforeAll, beforeEach, describe, it } from 'vitest'
import { answer, ask, bindings, bindPeople, publishTestConfig, withBrokenTable } from '../testing/harness.ts'
import { auditLog, issuesOf, read, routeFields, write } from '../testing/config.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  await answer(write('PUT', '/v1/secrets/stripe', { value: 'whsec_first' }))
})

const stored = async (id: string) =>
  (await readSnapshotFromDb(bindings.CONTROL_DB))?.providers.find((provider) => provider.id === id)
const stripe = (id: string, changes: object = {}) => ({ id, preset: 'stripe', secret: 'stripe', ...changes })
const create = (fields: object) => answer<ChangedProvider>(write('POST', '/v1/providers', fields), 201)

describe('a provider', () => {
  it('is created with what is usual, published as a revision, and audited in one batch', async ({ expect }) => {
    const before = await readSnapshotFromDb(bindings.CONTROL_DB)
    const response = await write('POST', '/v1/providers', { ...stripe('stripe-eu'), reason: 'the EU account' })
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/v1/providers/stripe-eu')
    const created = changedProvider.strict().parse(await response.json())
    expect(created).toMatchObject({
      id: 'stripe-eu',
      title: 'Stripe',
      scheme: 'signature',
      path: '/webhooks/stripe-eu',
      enabled: true,
      paused: false,
      bodyLimitBytes: 26_214_400,
      dedupeWindowMs: 604_800_000,
      reviveDead: true,
      routes: [],
      configRevision: (before?.revision ?? 0) + 1,
    })
    const snapshot = await readSnapshotFromDb(bindings.CONTROL_DB)
    expect(snapshot?.revision).toBe(created.configRevision)
    expect(await readSnapshotFromR2(bindings.PAYLOADS)).toEqual(snapshot)
    const [entry] = await auditLog()
    expect(entry).toMatchObject({
      seq: created.auditSeq,
      action: 'provider.created',
      target: 'provider:stripe-eu',
      reason: 'the EU account',
      actor: { kind: 'user', id: 'admin@example.com' },
      role: 'admin',
      before: null,
      after: { id: 'stripe-eu', preset: 'stripe', verifiedWith: 'stripe', enabled: true },
    })
  })

  it('is one of several of one preset, and read by everybody', async ({ expect }) => {
    await create(stripe('stripe-us'))
    await create(stripe('stripe-asia'))
    const one = await read('/v1/providers/stripe-us')
    expect(providerView.strict().parse(one)).toEqual(one)
    const first = await read<{ items: ProviderView[]; nextCursor: string; configRevision: number }>('/v1/providers?limit=2')
    expect(first.items.map(({ id }) => id)).toEqual(['stripe-asia', 'stripe-us'])
    const second = await read<{ items: ProviderView[]; nextCursor: null }>(`/v1/providers?limit=2&cursor=${first.nextCursor}`)
    expect(second.items.map(({ id }) => id)).toEqual(['stripe-eu'])
    expect(second.nextCursor).toBeNull()
  })

  it('warns of what works otherwise than one might think', async ({ expect }) => {
    const { warnings } = await create(stripe('no-secret', { secret: null, settings: { audiance: 'x' } }))
    expect(warnings.join(' ')).toMatch(/no secret yet.*audiance.*No enabled route/)
  })

  it('has an id of its own', async ({ expect }) => {
    const before = await auditLog()
    const response = await write('POST', '/v1/providers', stripe('stripe-eu'))
    expect(response.status).toBe(409)
    expect(await auditLog()).toEqual(before)
  })

  it('is refused with every field that is wrong named', async ({ expect }) => {
    const post = (fields: object) => issuesOf(write('POST', '/v1/providers', fields))
    expect(Object.keys(await post({ preset: 'stripe' }))).toEqual(['id'])
    expect(Object.keys(await post({ id: 'Not A Slug', preset: 'stripe', enabled: 'yes' })).sort()).toEqual(['enabled', 'id'])
    expect(await post({ id: 'x', preset: 'unheard-of' })).toMatchObject({
      preset: expect.stringContaining('GET /v1/presets') as string,
    })
    expect(await post(stripe('x', { secret: 'gone' }))).toMatchObject({
      secret: expect.stringContaining('PUT /v1/secrets/gone') as string,
    })
    expect(Object.keys(await post(stripe('x', { tolerence: 5 })))).toEqual([''])
    expect(
      Object.keys(await post(stripe('x', { dedupe: { by: 'fields', fields: [{ kind: 'body', path: 'a', oops: 1 }] } }))),
    ).toEqual(['dedupe.fields.0.oops'])
    expect(Object.keys(await post(stripe('x', { allowedIps: ['10.0.0.0/33'] })))).toEqual(['allowedIps.0'])
    expect(Object.keys(await post(stripe('x', { publicUrl: 'https://user:pass@example.com/#top' })))).toEqual(['publicUrl'])
    expect(Object.keys(await post(stripe('x', { custom: {} })))[0]).toMatch(/^custom/)
    expect(Object.keys(await post({ id: 'x', preset: 'custom' }))).toEqual(['custom'])
    expect(Object.keys(await post(stripe('x', { reason: '' })))).toEqual(['reason'])
    expect((await write('POST', '/v1/providers', '[]')).status).toBe(400)
    expect(await stored('x')).toBeUndefined()
  })

  it('changes field by field, and takes null for what may be left out', async ({ expect }) => {
    await create(stripe('changing', { toleranceSeconds: 60, settings: { a: '1', b: '2' } }))
    const changed = await answer<ChangedProvider>(
      write('PATCH', '/v1/providers/changing', {
        toleranceSeconds: null,
        settings: { b: '3' },
        dedupe: { by: 'body' },
        reason: 'why not',
      }),
    )
    expect(changed).toMatchObject({ settings: { b: '3' }, dedupe: { by: 'body' }, secret: 'stripe' })
    expect(changed).not.toHaveProperty('toleranceSeconds')
    expect((await auditLog())[0]).toMatchObject({
      action: 'provider.updated',
      reason: 'why not',
      before: { toleranceSeconds: 60, settings: { a: '1', b: '2' }, dedupe: null },
      after: { toleranceSeconds: null, settings: { b: '3' }, dedupe: { by: 'body' } },
    })
    const again = await answer<ChangedProvider>(write('PATCH', '/v1/providers/changing', { dedupe: { by: 'body' } }))
    expect(again).toMatchObject({ configRevision: changed.configRevision, auditSeq: null })
    expect(Object.keys(await issuesOf(write('PATCH', '/v1/providers/changing', { id: 'other' })))).toEqual(['id'])
    expect(Object.keys(await issuesOf(write('PATCH', '/v1/providers/changing', { preset: 'unheard-of' })))).toEqual(['preset'])
    expect((await write('PATCH', '/v1/providers/unheard-of', { enabled: true })).status).toBe(404)
  })

  it('is disabled and enabled by operators, with a reason in the log', async ({ expect }) => {
    await create(stripe('switched'))
    const off = await answer<ChangedProvider>(
      write('POST', '/v1/providers/switched/disable', { reason: 'floods us' }, { as: 'operator' }),
    )
    expect(off.enabled).toBe(false)
    expect((await auditLog())[0]).toMatchObject({
      action: 'provider.disabled',
      reason: 'floods us',
      role: 'operator',
      before: { enabled: true },
      after: { enabled: false },
    })
    const same = await answer<ChangedProvider>(write('POST', '/v1/providers/switched/disable', {}, { as: 'operator' }))
    expect(same).toMatchObject({ enabled: false, configRevision: off.configRevision, auditSeq: null })
    expect((await answer<ChangedProvider>(write('POST', '/v1/providers/switched/enable'))).enabled).toBe(true)
    expect((await auditLog())[0]).toMatchObject({ action: 'provider.enabled' })
    expect(await stored('switched')).toMatchObject({ enabled: true })
  })

  it('is deleted only when no route takes its events', async ({ expect }) => {
    await create(stripe('going'))
    await answer(write('POST', '/v1/routes', routeFields({ id: 'of-going', provider: 'going' })), 201)
    const refused = await write('DELETE', '/v1/providers/going')
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('of-going') as string })
    await answer(write('DELETE', '/v1/routes/of-going'))
    const gone = await answer(write('DELETE', '/v1/providers/going', { reason: 'moved' }))
    expect(deleted.strict().parse(gone)).toMatchObject({ id: 'going', deleted: true })
    expect((await auditLog())[0]).toMatchObject({
      action: 'provider.deleted',
      target: 'provider:going',
      reason: 'moved',
      before: { id: 'going' },
      after: null,
    })
    expect((await ask('/v1/providers/going', { as: 'viewer' })).status).toBe(404)
    expect((await write('DELETE', '/v1/providers/going')).status).toBe(404)
  })
})

describe('changes of the configuration', () => {
  beforeEach(async () => {
    await bindPeople()
  })

  it('by several people at once all land, each with its row', async ({ expect }) => {
    const ids = Array.from({ length: 8 }, (_, i) => `at-once-${i}`)
    const done = await Promise.all(ids.map((id) => create(stripe(id))))
    expect(new Set(done.map(({ configRevision }) => configRevision)).size).toBe(8)
    for (const id of ids) expect(await stored(id), id).toBeDefined()
    const targets = (await auditLog()).map(({ target }) => target)
    for (const id of ids) expect(targets.filter((target) => target === `provider:${id}`)).toHaveLength(1)
  })

  it('by two people who want the same id are one change and one 409', async ({ expect }) => {
    const both = await Promise.all([1, 2].map(() => write('POST', '/v1/providers', stripe('contested'))))
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409])
  })

  it('are not made when they cannot be audited', async ({ expect }) => {
    await withBrokenTable(bindings.CONTROL_DB, 'audit_log', async () => {
      expect((await write('POST', '/v1/providers', stripe('unaudited'))).status).toBe(503)
    })
    expect(await stored('unaudited')).toBeUndefined()
  })

  it('are refused to those who may only steer, and the refusal is audited', async ({ expect }) => {
    for (const [method, path] of [
      ['POST', '/v1/providers'],
      ['PATCH', '/v1/providers/stripe-eu'],
      ['DELETE', '/v1/providers/stripe-eu'],
      ['PUT', '/v1/secrets/stripe'],
      ['DELETE', '/v1/secrets/stripe'],
    ] as const) {
      expect((await write(method, path, {}, { as: 'operator' })).status, `${method} ${path}`).toBe(403)
      expect((await auditLog())[0]).toMatchObject({ action: 'access.refused', target: `${method} ${path}` })
    }
    expect((await write('POST', '/v1/routes', {}, { as: 'viewer' })).status).toBe(403)
    expect((await write('POST', '/v1/routes', {}, { as: 'operator' })).status).toBe(400)
  })

  it('leave an unbroken chain behind', async ({ expect }) => {
    const rows = (await listAudit(bindings.CONTROL_DB, null, 1_000)).toReversed()
    expect(await verifyChain(rows)).toMatchObject({ ok: true, checked: rows.length })
  })
})
