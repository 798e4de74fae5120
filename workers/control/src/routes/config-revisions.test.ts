import type { DryRun } from '@orchestrator/shared/contracts/change'
import type {
  AppliedConfig,
  ConfigComparison,
  ConfigInUse,
  ConfigRevisionDetail,
  ConfigRevisionSummary,
} from '@orchestrator/shared/contracts/config-document'
import type { SecretVerification } from '@orchestrator/shared/contracts/secret-api'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { beforeAll, beforeEach, describe, it } from 'vitest'
import { auditLog, issuesOf, read, routeFields, write } from '../testing/config.ts'
import { answer, bindings, bindPeople, publishTestConfig, setMode } from '../testing/harness.ts'

const revisionNow = async (): Promise<number> => (await read<{ revision: number }>('/v1/config')).revision
const rollBack = (to: number, query = '') =>
  answer<AppliedConfig>(write('POST', `/v1/config-revisions/${to}/rollback${query}`, { reason: 'it went wrong' }))

beforeAll(bindPeople)
beforeEach(async () => {
  await bindings.CONTROL_DB.prepare('DELETE FROM config_revisions').run()
  await publishTestConfig()
})

/** A sender with its secret and route, and a client with a key. */
async function configure(): Promise<number> {
  await answer(write('PUT', '/v1/secrets/stripe', { value: 'whsec_one' }))
  await answer(write('POST', '/v1/providers', { id: 'stripe-eu', preset: 'stripe', secret: 'stripe' }), 201)
  await answer(write('POST', '/v1/routes', routeFields()), 201)
  await answer(write('POST', '/v1/clients', { id: 'shop', scopes: ['execute'] }), 201)
  await answer(write('POST', '/v1/clients/shop/keys', { id: 'k1' }), 201)
  return revisionNow()
}

describe('revisions of the configuration', () => {
  it('are listed page by page, each with who, why and what', async ({ expect }) => {
    const last = await configure()
    const first = await read<{ items: ConfigRevisionSummary[]; nextCursor: string | null }>('/v1/config-revisions?limit=2')
    expect(first.items.map(({ revision, inForce }) => [revision, inForce])).toEqual([
      [last, true],
      [last - 1, false],
    ])
    const next = await read<{ items: ConfigRevisionSummary[]; nextCursor: string | null }>(
      `/v1/config-revisions?cursor=${first.nextCursor}`,
    )
    expect(next.items.map(({ revision }) => revision)).toEqual(Array.from({ length: last - 2 }, (_, i) => last - 2 - i))
    expect(next.nextCursor).toBeNull()

    const detail = await read<ConfigRevisionDetail>(`/v1/config-revisions/${last}`)
    expect(detail).toMatchObject({ author: 'admin@example.com', reason: 'client_key.created client:shop/k1', inForce: true })
    expect(detail.changes).toEqual([
      { kind: 'client', id: 'shop', change: 'updated', fields: [{ path: 'keys.k1', before: null, after: { expiresAt: null } }] },
    ])
    const oldest = await read<ConfigRevisionDetail>('/v1/config-revisions/1')
    expect(oldest.changes.map(({ change }) => change)).toEqual(['updated', 'created', 'created', 'created'])
    expect(oldest.document).toMatchObject({ version: 1, policies: [{ id: 'billing' }] })
    for (const shown of [detail, oldest]) expect(JSON.stringify(shown)).not.toMatch(/ciphertext|hash|whsec/)
  })

  it('are compared, both ways; with one that is not there is 404', async ({ expect }) => {
    const last = await configure()
    const compare = (from: number, query = '') => read<ConfigComparison>(`/v1/config-revisions/${from}/compare${query}`)
    const forth = await compare(1)
    expect(forth).toMatchObject({ from: 1, to: last })
    expect(forth.changes.map(({ kind, id, change }) => `${change} ${kind} ${id}`)).toEqual([
      'created provider stripe-eu',
      'created route subscriptions',
      'created client shop',
      'created secret stripe',
    ])
    const back = await compare(last, '?with=1')
    expect(back.changes.map(({ change }) => change)).toEqual(['deleted', 'deleted', 'deleted', 'deleted'])
    for (const path of [
      `/v1/config-revisions/999`,
      `/v1/config-revisions/999/compare`,
      `/v1/config-revisions/1/compare?with=999`,
    ]) {
      expect((await answer(write('GET', path, undefined, { as: 'viewer' }), 404))['detail']).toContain('no revision 999')
    }
    await answer(write('GET', '/v1/config-revisions/first'), 404)
    await answer(write('POST', '/v1/config-revisions/999/rollback', { reason: 'x' }), 404)
  })

  it('say which one each Worker works with, or that it does not say', async ({ expect }) => {
    const inForce = await revisionNow()
    const workers = async () => {
      const { workers: all, ...rest } = await read<ConfigInUse>('/v1/config/in-use')
      expect(rest).toEqual({ inForce })
      return Object.fromEntries(all.map(({ worker, revision }) => [worker, revision]))
    }
    expect(await workers()).toEqual({ ingress: 7, execution: 7, control: inForce })
    await setMode('ingress', 'throw')
    await setMode('execution', 'hang')
    const startedAt = Date.now()
    expect(await workers()).toEqual({ ingress: null, execution: null, control: inForce })
    expect(Date.now() - startedAt).toBeLessThan(3_500)
    await setMode('ingress', 'up')
    await setMode('execution', 'up')
  })
})

describe('a rollback', () => {
  it('declares again what a revision declared: what was decided since about values, keys and pauses stays', async ({
    expect,
  }) => {
    const good = await configure()
    await answer(write('PATCH', '/v1/routes/subscriptions', { input: '{"id": "wrong"}' }))
    await answer(write('PATCH', '/v1/connectors/billing', { responseLimitBytes: 5 }))
    await answer(write('PUT', '/v1/secrets/stripe', { value: 'whsec_two', previousValidForSeconds: 0 }))
    await answer(write('DELETE', '/v1/clients/shop/keys/k1', { reason: 'leaked' }))
    await answer(write('POST', '/v1/connectors/billing/pause', { reason: 'maintenance' }))
    const before = await revisionNow()

    const shown = await rollBack(good, '?dryRun=true')
    expect(shown).toMatchObject({ baseRevision: before, configRevision: before, auditSeq: null })
    expect(await revisionNow()).toBe(before)

    const path = `/v1/config-revisions/${good}/rollback`
    await answer(write('POST', path, { reason: 'late', baseRevision: before - 1 }), 412)
    const done = await answer<AppliedConfig>(write('POST', path, { reason: 'it went wrong', baseRevision: before }))
    expect(done.changes).toEqual(shown.changes)
    expect(done.changes).toEqual([
      { kind: 'connector', id: 'billing', change: 'updated', fields: [{ path: 'responseLimitBytes', before: 5, after: 1_000 }] },
      expect.objectContaining({ kind: 'route', id: 'subscriptions', change: 'updated' }),
    ])
    expect(done.configRevision).toBe(before + 1)
    expect(await read('/v1/secrets/stripe')).toMatchObject({ versions: [{ version: 2, validUntil: null }] })
    expect(await read('/v1/clients/shop')).toMatchObject({ keys: [] })
    expect(await read('/v1/connectors/billing')).toMatchObject({ paused: true, responseLimitBytes: 1_000 })
    const [entry] = await auditLog()
    expect(entry).toMatchObject({
      seq: done.auditSeq,
      action: 'config.rolled_back',
      target: `config:${good}`,
      reason: 'it went wrong',
      before: { revision: before },
      after: { rolledBackTo: good },
    })
    expect((await rollBack(good)).auditSeq).toBeNull()
  })

  it('brings a deleted secret back with the values it had, and a deleted client without keys, and says so', async ({
    expect,
  }) => {
    const good = await configure()
    for (const path of ['routes/subscriptions', 'providers/stripe-eu', 'secrets/stripe', 'clients/shop']) {
      await answer(write('DELETE', `/v1/${path}`, {}))
    }
    const { effects } = await rollBack(good)
    expect(effects).toEqual(
      expect.arrayContaining([
        `The secret stripe comes back with the value that it had in revision ${good} (version 1). If it was taken away because somebody knew it, write another one.`,
        'Nobody can come in as the client shop: it has no key and no service token. POST /v1/clients/shop/keys makes a key.',
        '/webhooks/stripe-eu takes what its sender posts.',
      ]),
    )
    expect(await read('/v1/secrets/stripe')).toMatchObject({ hasValue: true, versions: [{ version: 1 }] })
    expect(await read('/v1/clients/shop')).toMatchObject({ keys: [], enabled: true })
    expect(effects).toContain(`The client shop comes back as revision ${good} declared it, without keys.`)
    const verified = await answer<SecretVerification>(write('POST', '/v1/secrets/stripe/verify', undefined, { as: 'viewer' }))
    expect(verified.workers.find(({ worker }) => worker === 'control')).toMatchObject({ standing: { current: 'resolves' } })
  })

  it('says that the value of a deleted secret cannot be read where its key is gone', async ({ expect }) => {
    const sealed = await sealSecret('a key of long ago', 'old', 1, 'value')
    await publishTestConfig({
      secrets: [{ name: 'old', source: 'stored', versions: [{ ...sealed, version: 1, validUntil: null, createdAt: 1 }] }],
    })
    const good = await revisionNow()
    await answer(write('DELETE', '/v1/secrets/old', {}))
    const { effects } = await rollBack(good, '?dryRun=true')
    expect(effects.join()).toContain('which cannot be read: the SECRETS_KEY it was sealed under is gone')
  })

  it('says that a deleted client comes back with its service tokens', async ({ expect }) => {
    await answer(write('POST', '/v1/clients', { id: 'app', scopes: ['execute'], serviceTokens: ['app-token'] }), 201)
    const good = await revisionNow()
    await answer(write('DELETE', '/v1/clients/app', {}))
    const { effects } = await rollBack(good, '?dryRun=true')
    expect(effects).toContain(
      'The client app is let in, with no key and the service tokens app-token: whoever holds one calls as it.',
    )
    expect(effects.join()).toContain('and its service tokens (app-token) let their holders in again')
  })

  it('takes what would be refused today, and names it', async ({ expect }) => {
    const row = await bindings.CONTROL_DB.prepare('SELECT snapshot FROM config_revisions WHERE revision = 1').first<string>(
      'snapshot',
    )
    await answer(write('PATCH', '/v1/settings', { resendGraceMs: 20_000 }))
    const older = (row ?? '').replace('https://billing.example.com', 'https://10.1.2.3')
    await bindings.CONTROL_DB.prepare('UPDATE config_revisions SET snapshot = ? WHERE revision = 1').bind(older).run()
    const { effects } = await rollBack(1)
    expect(effects.find((effect) => effect.startsWith('It would be refused today'))).toContain('connectors.0.baseUrl')
    expect(await read('/v1/connectors/billing')).toMatchObject({ baseUrl: 'https://10.1.2.3' })
  })
})

describe('a dry run', () => {
  it('shows what a change would do, whatever it changes, and changes nothing', async ({ expect }) => {
    await configure()
    const audited = (await auditLog()).length
    const before = await revisionNow()
    const tries: [string, string, object][] = [
      ['POST', '/v1/providers', { id: 'new', preset: 'github' }],
      ['PATCH', '/v1/providers/stripe-eu', { secret: null }],
      ['POST', '/v1/providers/stripe-eu/disable', {}],
      ['POST', '/v1/providers/stripe-eu/pause', { reason: 'x' }],
      ['POST', '/v1/routes', routeFields({ id: 'second' })],
      ['DELETE', '/v1/routes/subscriptions', {}],
      ['POST', '/v1/connectors', { id: 'new', baseUrl: 'https://new.example.com', policy: 'billing' }],
      ['POST', '/v1/connectors/billing/pause', { reason: 'x' }],
      ['PUT', '/v1/connectors/billing/breaker', { state: 'closed', reason: 'x' }],
      ['POST', '/v1/connectors/billing/operations', { name: 'new', method: 'GET', path: '/' }],
      ['PATCH', '/v1/policies/billing', { rateLimit: { limit: 5 } }],
      ['POST', '/v1/clients', { id: 'new', scopes: [] }],
      ['POST', '/v1/clients/shop/disable', {}],
      ['POST', '/v1/clients/shop/keys', { previousValidForSeconds: 0 }],
      ['DELETE', '/v1/clients/shop', {}],
      ['PUT', '/v1/secrets/stripe', { value: 'whsec_three' }],
      ['POST', '/v1/queues/low/pause', { reason: 'x' }],
      ['PATCH', '/v1/settings', { resendGraceMs: 30_000 }],
      ['POST', '/v1/config/apply', { document: { version: 1 }, reason: 'x' }],
      ['POST', '/v1/config-revisions/1/rollback', { reason: 'x' }],
    ]
    const effects: string[] = []
    for (const [method, path, body] of tries) {
      const response = await write(method, `${path}?dryRun=true`, body)
      expect(response.headers.get('location'), path).toBeNull()
      const shown = await answer<{ dryRun: DryRun; auditSeq: null; configRevision: number; key?: string }>(
        Promise.resolve(response),
      )
      expect(shown, path).toMatchObject({ auditSeq: null, configRevision: before })
      expect(shown.dryRun.changes.length, path).toBeGreaterThan(0)
      expect(shown.key ?? '', path).toBe('')
      effects.push(...shown.dryRun.effects)
    }
    expect(effects).toEqual(
      expect.arrayContaining([
        '/webhooks/stripe-eu: what is posted is proved with no secret instead of the secret stripe.',
        '/webhooks/stripe-eu answers 503 until the provider is enabled: most senders try again for a while.',
        'The provider stripe-eu is on hold: its jobs wait until it is resumed.',
        'No enabled route takes the events of stripe-eu: they are stored as ignored, and can be replayed later.',
        'The connector billing is on hold: its jobs wait until it is resumed.',
        'Every call of billing is let through, however many fail: its breaker is forced closed.',
        'The policy billing changes calls of connector billing. Its limits, breaker and automatic pause hold at once, for jobs that wait, too.',
        `Jobs that exist go on under the revision they were made with (${before} or before); replayed, they may take the new one.`,
        'Every request of the client shop is answered 401 until it is enabled.',
        'Version 2 is the value of the secret stripe from now on.',
        'The queue low is on hold: its jobs wait until it is resumed.',
        'New jobs that a queue lost are sent again after 30000 ms instead of 15000 ms.',
      ]),
    )
    expect(await revisionNow()).toBe(before)
    expect((await auditLog()).length).toBe(audited)
  })

  it('refuses what the change would be refused for, and is nothing that other routes know', async ({ expect }) => {
    await configure()
    await answer(write('DELETE', '/v1/connectors/billing?dryRun=true', {}), 409)
    await answer(write('PATCH', '/v1/routes/none?dryRun=true', {}), 404)
    expect(await issuesOf(write('PATCH', '/v1/settings?dryRun=yes', { resendGraceMs: 2_000 }))).toEqual({
      dryRun: 'is true or false',
    })
    expect(await issuesOf(write('PATCH', '/v1/settings', { resendGraceMs: 86_400_001 }))).toHaveProperty('resendGraceMs')
    expect(await issuesOf(write('PATCH', '/v1/settings?dryRun=true', { resendGraceMs: 1, writeShard: 0 }))).toHaveProperty(
      'resendGraceMs',
    )
    expect(await issuesOf(write('POST', '/v1/dead-letters/a.1/discard?dryRun=true', { reason: 'x' }))).toHaveProperty('dryRun')
  })
})

describe('the settings', () => {
  it('change by PATCH, with a version like everything else', async ({ expect }) => {
    const { etag } = await read<{ etag: string }>('/v1/settings')
    const response = await write(
      'PATCH',
      '/v1/settings',
      { resendGraceMs: 60_000, reason: 'slow' },
      { headers: { 'if-match': etag } },
    )
    expect(await answer(Promise.resolve(response))).toMatchObject({ resendGraceMs: 60_000, writeShard: 1 })
    expect((await write('PATCH', '/v1/settings', { resendGraceMs: 1_000 }, { headers: { 'if-match': etag } })).status).toBe(412)
    expect((await auditLog())[0]).toMatchObject({
      action: 'settings.updated',
      target: 'settings',
      reason: 'slow',
      before: { resendGraceMs: 15_000 },
      after: { resendGraceMs: 60_000 },
    })
  })
})
