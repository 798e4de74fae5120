import { env } from 'cloudflare:workers'
import { readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import type { ChangedSecret, SecretView } from '@orchestrator/shared/contracts/config-api'
import type { SecretVersion } from '@orchestrator/shared/contracts/config'
import { type Rekeyed, rekeyed, type SecretVerification, secretVerification } from '@orchestrator/shared/contracts/secret-api'
import { provider } from '@orchestrator/shared/contracts/config'
import { keyIdOf, openSecret, sealSecret } from '@orchestrator/shared/secrets/envelope'
import { handshakeTokenName } from '@orchestrator/shared/secrets/handshake-token'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { beforeAll, describe, it } from 'vitest'
import { createDeps } from '../deps.ts'
import { parseEnv } from '../env.ts'
import { followLogs } from '../last-use/follow-logs.ts'
import { answer, bindings, bindPeople, configContent, publishTestConfig, setMode } from '../testing/harness.ts'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'

const KEY = 'secrets_key_development_only'
const PREVIOUS_KEY = 'previous_secrets_key_development_only'
const put = (name: string, body: object) => answer<ChangedSecret>(write('PUT', `/v1/secrets/${name}`, body))
const verify = async (name: string) =>
  secretVerification
    .strict()
    .parse(await answer<SecretVerification>(write('POST', `/v1/secrets/${name}/verify`, {}, { as: 'viewer' })))
const inForce = async () => (await readSnapshotFromDb(bindings.CONTROL_DB))?.secrets ?? []
const versionsOf = async (name: string): Promise<SecretVersion[]> => {
  const ref = (await inForce()).find((secret) => secret.name === name)
  return ref?.source === 'stored' ? ref.versions : []
}
const version = async (key: string, name: string, number: number, value: string, validUntil: number | null) => ({
  version: number,
  validUntil,
  ...(await sealSecret(key, name, number, value)),
})

beforeAll(async () => {
  await bindPeople()
  const { keyId: _unknownToOlderReleases, ...old } = await version(PREVIOUS_KEY, 'old', 1, 'of the old key', null)
  const later = Date.now() + 600_000
  const secrets = [
    { name: 'old', source: 'stored' as const, versions: [old] },
    {
      name: 'rotated',
      source: 'stored' as const,
      versions: [
        await version(KEY, 'rotated', 3, 'three', null),
        await version(PREVIOUS_KEY, 'rotated', 2, 'two', later),
        await version('a key that nobody has', 'rotated', 1, 'one', 1),
      ],
    },
    { name: 'lost', source: 'stored' as const, versions: [await version('a key that nobody has', 'lost', 1, 'x', null)] },
    { name: 'shop', source: 'stored' as const, versions: [await version(KEY, 'shop', 1, 'shop', null)] },
  ]
  const providers = [
    { id: 'shop', preset: 'stripe', secret: 'shop' },
    { id: 'till', preset: 'stripe', secret: 'rotated' },
  ].map((one) => provider.parse({ ...one, enabled: true, paused: false, bodyLimitBytes: 1_000, dedupeWindowMs: 1_000 }))
  const billing = configContent.connectors[0]!
  const connectors = [{ ...billing, auth: { kind: 'bearer' as const, secret: 'outside' } }]
  const outside = { name: 'outside', source: 'env' as const, variable: 'OUTSIDE' }
  await publishTestConfig({ providers, connectors, secrets: [...secrets, outside] })
})

describe('where the value of a secret is', () => {
  it('is changed while it is in use, with a warning to those who use it', async ({ expect }) => {
    const moved = await put('shop', {
      source: 'env',
      variable: 'SHOP_SECRET',
      previousVariable: 'SHOP_SECRET_OLD',
      reason: 'to the vault',
    })
    expect(moved).toMatchObject({ source: 'env', versions: [], bindings: ['SHOP_SECRET', 'SHOP_SECRET_OLD'], hasValue: null })
    expect(moved.warnings.join(' ')).toMatch(/SHOP_SECRET must be there in ingress\..*In use by provider shop:.*no longer valid/)
    expect((await auditLog())[0]).toMatchObject({
      action: 'secret.updated',
      reason: 'to the vault',
      before: { source: 'stored' },
      after: { source: 'env' },
    })

    expect(await put('shop', { source: 'store', binding: 'SHOP_STORE' })).toMatchObject({
      source: 'store',
      bindings: ['SHOP_STORE'],
    })
    const back = await put('shop', { value: 'kept here again' })
    expect(back).toMatchObject({ source: 'stored', hasValue: true, bindings: [] })
    expect(back.warnings.join(' ')).toMatch(/In use by provider shop.*instead of the Secrets Store binding SHOP_STORE/)
    expect((await put('shop', { value: 'and rotated' })).warnings).toEqual([])
    expect(await put('fresh', { source: 'env', variable: 'FRESH' })).toMatchObject({
      warnings: [expect.stringContaining('FRESH must be there')],
    })
  })

  it('is never a variable or a binding of our own, and no strange name', async ({ expect }) => {
    const own = [
      'SECRETS_KEY',
      'SECRETS_KEY_PREVIOUS',
      'SECRETS_KEY_2',
      'AUDIT_SIGNING_KEY',
      'SENTRY_DSN',
      'CONTROL_DB',
      'PAYLOADS',
      'LOW_DLQ',
    ]
    for (const variable of [...own, '__proto__', 'constructor', 'with space', 'lower', '']) {
      expect(Object.keys(await issuesOf(write('PUT', '/v1/secrets/thief', { source: 'env', variable }))), variable).toEqual([
        'variable',
      ])
      const previous = { source: 'store', binding: 'FINE', previousBinding: variable }
      expect(Object.keys(await issuesOf(write('PUT', '/v1/secrets/thief', previous))), variable).toEqual(['previousBinding'])
    }
    expect(
      Object.keys(await issuesOf(write('PUT', '/v1/secrets/thief', { source: 'env', variable: 'A', value: 'both' }))),
    ).toEqual([''])
    expect((await inForce()).some(({ name }) => name === 'thief')).toBe(false)
  })
})

describe('whether a secret can be read where it is needed', () => {
  it('is asked of every Worker, and tells no more than that', async ({ expect }) => {
    expect(await verify('outside')).toEqual({
      name: 'outside',
      ok: false,
      workers: [
        { worker: 'ingress', needed: false, standing: { current: 'resolves', previous: null } },
        { worker: 'execution', needed: true, standing: { current: 'missing', previous: null } },
        { worker: 'control', needed: false, standing: { current: 'missing', previous: null } },
      ],
    })
    expect((await verify('lost')).workers[2]).toMatchObject({ standing: { current: 'unreadable', previous: null } })
    expect((await verify('rotated')).workers[2]).toMatchObject({ standing: { current: 'resolves', previous: 'resolves' } })
    expect((await write('POST', '/v1/secrets/nothing/verify', {})).status).toBe(404)
  })

  it('shows a Worker that is down as such, in time', async ({ expect }) => {
    await setMode('ingress-secrets', 'hang')
    await setMode('execution-secrets', 'throw')
    const { ok, workers } = await verify('rotated')
    expect(ok).toBe(false)
    expect(workers.map(({ worker, standing }) => [worker, standing?.current ?? null])).toEqual([
      ['ingress', null],
      ['execution', null],
      ['control', 'resolves'],
    ])
    await setMode('ingress-secrets', 'up')
    await setMode('execution-secrets', 'up')
  })
})

describe('another SECRETS_KEY', () => {
  it('opens what the one before sealed, and seals all of it anew in one revision, once', async ({ expect }) => {
    const token = await sealSecret(PREVIOUS_KEY, handshakeTokenName('notion'), 1, 'shown by notion')
    await bindings.CONTROL_DB.prepare("INSERT INTO handshake_tokens (provider, iv, ciphertext, at) VALUES ('notion', ?, ?, 1)")
      .bind(token.iv, token.ciphertext)
      .run()
    const rekey = async (query = '') =>
      rekeyed.strict().parse(await answer<Rekeyed>(write('POST', `/v1/secrets/rekey${query}`, { reason: 'somebody left' })))

    const [before, seq] = [await inForce(), (await auditLog())[0]?.seq]
    const planned = await rekey('?dryRun=true')
    expect(planned).toMatchObject({
      sealed: { versions: 2, handshakeTokens: 1 },
      unreadable: ['lost (version 1)'],
      auditSeq: null,
    })
    expect(await inForce()).toEqual(before)
    expect((await auditLog())[0]?.seq).toBe(seq)

    const done = await rekey()
    expect(done).toMatchObject({ sealed: planned.sealed, left: 1, unreadable: ['lost (version 1)'] })
    expect((await auditLog())[0]).toMatchObject({
      seq: done.auditSeq,
      action: 'secret.rekeyed',
      reason: 'somebody left',
      after: { versions: 2, ofHandshakes: 1, unreadable: ['lost (version 1)'] },
    })
    const open = async (name: string) => Promise.all((await versionsOf(name)).map((one) => openSecret(KEY, name, one)))
    expect(await open('old')).toEqual(['of the old key'])
    // The value whose time is over went.
    expect(await open('rotated')).toEqual(['three', 'two'])
    expect((await versionsOf('rotated')).map(({ keyId }) => keyId)).toEqual(Array(2).fill(await keyIdOf(KEY)))
    expect(await read('/v1/providers/notion/handshake-token', 'admin')).toMatchObject({ token: 'shown by notion' })

    expect(await rekey()).toMatchObject({
      sealed: { versions: 0, handshakeTokens: 0 },
      auditSeq: null,
      configRevision: done.configRevision,
    })
    expect(Object.keys(await issuesOf(write('POST', '/v1/secrets/rekey', {})))).toEqual(['reason'])

    // A token alone makes no revision, but an entry.
    await bindings.CONTROL_DB.prepare("UPDATE handshake_tokens SET iv = ?, ciphertext = ? WHERE provider = 'notion'")
      .bind(token.iv, token.ciphertext)
      .run()
    const again = await rekey()
    expect(again).toMatchObject({ sealed: { versions: 0, handshakeTokens: 1 }, configRevision: done.configRevision })
    expect((await auditLog())[0]).toMatchObject({ seq: again.auditSeq, action: 'secret.rekeyed', after: { ofHandshakes: 1 } })
    expect(await rekey()).toMatchObject({ sealed: { versions: 0, handshakeTokens: 0 }, auditSeq: null })
  })
})

describe('when a secret was last used', () => {
  const insert = (db: D1Database) => ({
    webhook: (seq: number, at: number, by: string, secret: string, type = 'webhook.accepted') => [
      db
        .prepare(
          "INSERT INTO events (seq, at, kind, provider, inbox_id, events) VALUES (?1, ?2, 'event', ?3, ?4, json_array(json_object('type', ?5)))",
        )
        .bind(seq, at, by, `whk_${seq}`, type),
      db
        .prepare(
          "INSERT INTO inbox (id, provider, dedupe_key, status, received_at, headers, body_size, body_encoding, body, verification, trace, config_revision, log) VALUES (?1, ?2, ?1, 'accepted', 1, '[]', 0, 'utf8', '', json_object('secret', ?3), '', 1, '[]')",
        )
        .bind(`whk_${seq}`, by, secret),
    ],
    call: (seq: number, at: number, connector: string, failure: string | null) =>
      db
        .prepare(
          "INSERT INTO events (seq, at, kind, connector, attempt, events) VALUES (?1, ?2, 'attempt', ?3, json_object('failure', ?4), '[]')",
        )
        .bind(seq, at, connector, failure),
  })
  const follow = () => followLogs(createDeps(parseEnv(env), createLogger({ worker: 'control' })))
  const seen = async (name: string) => {
    const { lastUsedAt, previousLastUsedAt } = await read<SecretView>(`/v1/secrets/${name}`)
    return [lastUsedAt, previousLastUsedAt].map((time) => time && Date.parse(time))
  }

  it('is told by the logs of the shards, the previous value apart', async ({ expect }) => {
    const [older, newer] = [insert(bindings.DATA_00), insert(bindings.DATA_01)]
    await bindings.DATA_00.batch([
      ...older.webhook(1, 1_000, 'till', 'current'),
      ...older.webhook(2, 3_000, 'till', 'previous'),
      older.call(3, 5_000, 'billing', 'config'),
    ])
    await bindings.DATA_01.batch([
      ...newer.webhook(1, 2_000, 'till', 'current'),
      ...newer.webhook(2, 9_000, 'till', 'current', 'webhook.replayed'),
    ])
    await follow()
    expect(await seen('rotated')).toEqual([2_000, 3_000])
    // A call that was not made for want of its secret used none.
    expect(await seen('outside')).toEqual([null, null])

    await bindings.DATA_00.batch([older.call(4, 6_000, 'billing', null), ...older.webhook(5, 1_500, 'till', 'current')])
    await Promise.all([follow(), follow()])
    expect(await seen('outside')).toEqual([6_000, null])
    expect(await seen('rotated')).toEqual([2_000, 3_000])

    const { results } = await bindings.CONTROL_DB.prepare('SELECT name, position FROM cursors ORDER BY name').all()
    expect(results).toEqual([
      { name: 'last-use:DATA_00', position: 5 },
      { name: 'last-use:DATA_01', position: 2 },
    ])
  })

  it('reads what is new and nothing else, and does not count what was done with another value', async ({ expect }) => {
    await put('rotated', { value: 'four' })
    expect(await seen('rotated')).toEqual([null, null])
    const at = Date.now() + 1_000
    await bindings.DATA_00.batch(insert(bindings.DATA_00).webhook(6, at, 'till', 'previous'))
    await follow()
    expect(await seen('rotated')).toEqual([null, at])
    // A shard that came round again begins anew.
    await bindings.DATA_00.batch([
      bindings.DATA_00.prepare('DELETE FROM events'),
      insert(bindings.DATA_00).call(1, at + 7, 'billing', null),
    ])
    await follow()
    expect(await seen('outside')).toEqual([at + 7, null])
  })
})
