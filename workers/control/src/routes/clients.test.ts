import { readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import {
  type ChangedClient,
  changedClient,
  type ClientView,
  clientView,
  type CreatedClientKey,
  createdClientKey,
} from '@orchestrator/shared/contracts/client-api'
import { sha256Hex } from '@orchestrator/shared/core/bytes'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'
import { answer, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'

const operator = { as: 'operator' } as const
const KEYS = '/v1/clients/shop/keys'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const newKey = (body: object = {}) => answer<CreatedClientKey>(write('POST', KEYS, body), 201)
/** As execution reads it. */
const stored = async (id = 'shop') =>
  (await readSnapshotFromDb(bindings.CONTROL_DB))?.clients.find((client) => client.id === id)?.keys ?? []

describe('a client', () => {
  it('is created by administrators, with what it may do', async ({ expect }) => {
    const fields = { id: 'shop', scopes: ['execute', 'jobs:read'], connectors: ['billing'], rateLimit: { limit: 100 } }
    const response = await write('POST', '/v1/clients', { ...fields, reason: 'the shop' })
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/v1/clients/shop')
    const created = changedClient.strict().parse(await response.json())
    expect(created).toMatchObject({
      name: 'shop',
      enabled: true,
      keys: [],
      queues: null,
      rateLimit: { limit: 100, perMs: 1_000, burst: 0 },
      serviceTokens: [],
      warnings: ['It has no key that is valid, and no service token: nobody can come in as it.'],
    })
    expect((await auditLog())[0]).toMatchObject({
      seq: created.auditSeq,
      action: 'client.created',
      target: 'client:shop',
      reason: 'the shop',
      after: { scopes: ['execute', 'jobs:read'], keys: [], accessClients: [] },
    })
    const one = await read('/v1/clients/shop')
    expect(clientView.strict().parse(one)).toEqual(one)
    expect((await write('POST', '/v1/clients', fields)).status).toBe(409)
    expect((await write('POST', '/v1/clients', { ...fields, id: 'x' }, operator)).status).toBe(403)
  })

  it('is refused with each field that is wrong named', async ({ expect }) => {
    await answer(write('POST', '/v1/clients', { id: 'app', scopes: [], serviceTokens: ['abc.access'] }), 201)
    const post = async (changes: object) =>
      Object.keys(await issuesOf(write('POST', '/v1/clients', { id: 'x', scopes: ['execute'], ...changes }))).sort()
    expect(await post({ scopes: ['admin'] })).toEqual(['scopes.0'])
    expect(await post({ scopes: undefined })).toEqual(['scopes'])
    expect(await post({ connectors: ['gone'], serviceTokens: ['abc.access'] })).toEqual(['connectors', 'serviceTokens'])
    expect(await post({ scopes: ['execute', 'execute'], queues: ['low', 'low'] })).toEqual(['queues', 'scopes'])
    expect(await post({ queues: ['fastest'] })).toEqual(['queues.0'])
    expect(await post({ keys: [] })).toEqual([''])
    expect(await post({ rateLimit: { limit: 0 } })).toEqual(['rateLimit.limit'])
  })

  it('changes field by field, and keeps its keys', async ({ expect }) => {
    const { keyId } = await newKey({ id: 'first' })
    const changed = await answer<ChangedClient>(
      write('PATCH', '/v1/clients/shop', { name: 'The shop', connectors: null, queues: [] }),
    )
    expect(changed).toMatchObject({ name: 'The shop', connectors: null, queues: [], keys: [{ id: keyId, expired: false }] })
    expect(changed.warnings).toEqual(['It may call every connector, those that are added later too.'])
    expect((await auditLog())[0]).toMatchObject({
      action: 'client.updated',
      before: { name: 'shop', connectors: ['billing'], queues: null },
      after: { name: 'The shop', connectors: null, queues: [] },
    })
    expect(Object.keys(await issuesOf(write('PATCH', '/v1/clients/shop', { id: 'other' })))).toEqual(['id'])
    expect((await write('PATCH', '/v1/clients/gone', { queues: [] })).status).toBe(404)
  })

  it('is switched off and on by operators', async ({ expect }) => {
    const steer = (verb: string) => answer<ChangedClient>(write('POST', `/v1/clients/shop/${verb}`, { reason: 'leak' }, operator))
    const off = await steer('disable')
    expect(off.warnings.join()).toContain('disabled')
    expect((await auditLog())[0]).toMatchObject({ action: 'client.disabled', reason: 'leak' })
    expect(await steer('disable')).toMatchObject({ enabled: false, auditSeq: null })
    expect(await steer('enable')).toMatchObject({ enabled: true })
  })

  it('is deleted with its keys', async ({ expect }) => {
    expect(await answer(write('DELETE', '/v1/clients/app'))).toMatchObject({ id: 'app', deleted: true })
    expect((await auditLog())[0]).toMatchObject({
      action: 'client.deleted',
      before: { accessClients: ['abc.access'] },
      after: null,
    })
    const { items } = await read<{ items: ClientView[] }>('/v1/clients')
    expect(items.map(({ id }) => id)).toEqual(['shop'])
  })
})

describe('a key of a client', () => {
  it('is shown once, and only its hash is kept', async ({ expect }) => {
    const created = await newKey({ reason: 'for the new host' })
    expect(createdClientKey.strict().parse(created)).toEqual(created)
    expect(created.key).toMatch(/^ork_[A-Za-z0-9_-]{43}$/)
    expect(created.keyId).toMatch(/^key-[0-9a-f]{8}$/)
    const kept = (await stored()).at(-1)
    expect(kept).toMatchObject({ id: created.keyId, hash: await sha256Hex(created.key), expiresAt: null })
    const [entry] = await auditLog()
    expect(entry).toMatchObject({
      seq: created.auditSeq,
      action: 'client_key.created',
      target: `client:shop/${created.keyId}`,
      reason: 'for the new host',
    })
    const shown = JSON.stringify([created.client, entry, await read('/v1/clients/shop'), await read('/v1/clients')])
    expect(shown).toContain(created.keyId)
    expect(shown).not.toContain(created.key)
    expect(shown).not.toContain(kept?.hash)
    expect((await newKey()).key).not.toBe(created.key)
    expect((await write('POST', KEYS, {}, operator)).status).toBe(403)
    expect((await write('POST', '/v1/clients/gone/keys', {})).status).toBe(404)
  })

  it('is followed by another while those of before still hold for a while', async ({ expect }) => {
    await answer(write('PATCH', '/v1/clients/shop', { queues: null }))
    await newKey({ id: 'short', expiresAt: new Date(Date.now() + 60_000).toISOString() })
    const { client } = await newKey({ id: 'next', previousValidForSeconds: 3_600 })
    const ends = Object.fromEntries(client.keys.map(({ id, expiresAt }) => [id, expiresAt && Date.parse(expiresAt) - Date.now()]))
    expect(ends['next']).toBeNull()
    expect(ends['first']).toBeGreaterThan(3_500_000)
    expect(ends['short']).toBeLessThan(61_000)
    const { client: alone } = await newKey({ id: 'alone', previousValidForSeconds: 0 })
    expect(alone.keys.filter(({ expired }) => !expired).map(({ id }) => id)).toEqual(['alone'])
    expect((await auditLog())[0]?.after).toMatchObject({ keys: alone.keys.map(({ id, expiresAt }) => ({ id, expiresAt })) })
  })

  it('is refused with a name that is taken, an end that is over, or fields that nobody knows', async ({ expect }) => {
    expect((await write('POST', KEYS, { id: 'alone' })).status).toBe(409)
    const issues = async (body: object) => Object.keys(await issuesOf(write('POST', KEYS, body)))
    expect(await issues({ expiresAt: '2020-01-01T00:00:00Z' })).toEqual(['expiresAt'])
    expect(await issues({ expiresAt: 'soon' })).toEqual(['expiresAt'])
    expect(await issues({ previousValidForSeconds: -1 })).toEqual(['previousValidForSeconds'])
    expect(await issues({ key: 'ork_mine' })).toEqual([''])
  })

  it('takes the room of expired ones, and no more than ten are valid', async ({ expect }) => {
    const living = async () => (await read<ClientView>('/v1/clients/shop')).keys.filter(({ expired }) => !expired).length
    for (let n = await living(); n < 10; n++) await newKey({ id: `k${n}` })
    expect(await stored()).toHaveLength(10)
    const refused = await answer<{ detail: string }>(write('POST', KEYS, {}), 409)
    expect(refused.detail).toContain('revoke one first')
  })

  it('is revoked', async ({ expect }) => {
    const revoked = await answer<ChangedClient>(write('DELETE', `${KEYS}/alone`, { reason: 'printed in a log' }))
    expect(revoked.keys.map(({ id }) => id)).not.toContain('alone')
    expect((await stored()).map(({ id }) => id)).not.toContain('alone')
    expect((await auditLog())[0]).toMatchObject({
      seq: revoked.auditSeq,
      action: 'client_key.revoked',
      target: 'client:shop/alone',
      reason: 'printed in a log',
    })
    expect((await write('DELETE', `${KEYS}/alone`)).status).toBe(404)
    expect((await write('DELETE', `${KEYS}/k5`, undefined, operator)).status).toBe(403)
  })
})
