import { readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import { type ChangedSecret, changedSecret, type SecretView, secretView } from '@orchestrator/shared/contracts/config-api'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { handshakeTokenName } from '@orchestrator/shared/secrets/handshake-token'
import { resolveSecret } from '@orchestrator/shared/secrets/resolve'
import { afterEach, beforeAll, describe, it, vi } from 'vitest'
import { answer, ask, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'

const KEY = 'secrets_key_development_only'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig({
    secrets: [{ name: 'outside', source: 'env', variable: 'OUTSIDE', previousVariable: 'OUTSIDE_OLD' }],
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const put = (name: string, body: object) => answer<ChangedSecret>(write('PUT', `/v1/secrets/${name}`, body))
/** What the Workers make of it, current first. */
async function values(name: string, now = Date.now()): Promise<string[]> {
  const ref = (await readSnapshotFromDb(bindings.CONTROL_DB))?.secrets.find((secret) => secret.name === name)
  const resolved = ref ? await resolveSecret(ref, { secretsKey: KEY, env: {}, now }) : []
  return resolved.map(({ label, secret }) => `${label}: ${secret.reveal()}`)
}

describe('a secret', () => {
  it('is written, and never read', async ({ expect }) => {
    const created = await put('stripe', { value: 'whsec_1', reason: 'first' })
    expect(changedSecret.strict().parse(created)).toMatchObject({
      name: 'stripe',
      source: 'stored',
      versions: [{ version: 1, validUntil: null }],
      usedBy: { providers: [], connectors: [] },
    })
    expect(await values('stripe')).toEqual(['current: whsec_1'])
    expect((await auditLog())[0]).toMatchObject({
      seq: created.auditSeq,
      action: 'secret.created',
      target: 'secret:stripe',
      reason: 'first',
      before: null,
      after: { name: 'stripe', versions: [{ version: 1, validUntil: null }] },
    })
  })

  it('is another one than one of the same name that was deleted, though its versions begin anew', async ({ expect }) => {
    const seen = await put('anew', { value: 'one' })
    await answer(write('DELETE', '/v1/secrets/anew', {}))
    const other = await put('anew', { value: 'two' })
    expect(other.versions[0]?.version).toBe(seen.versions[0]?.version)
    expect(other.etag).not.toBe(seen.etag)
    const late = await write('PUT', '/v1/secrets/anew', { value: 'three' }, { headers: { 'if-match': seen.etag } })
    expect(late.status).toBe(412)
    await answer(write('DELETE', '/v1/secrets/anew', {}))
  })

  it('is rotated: the old value stays valid for a day, or for as long as said', async ({ expect }) => {
    const rotated = await put('stripe', { value: 'whsec_2' })
    const until = Date.parse(rotated.versions[1]?.validUntil ?? '')
    expect(rotated.versions.map(({ version }) => version)).toEqual([2, 1])
    expect(until - Date.now()).toBeGreaterThan(86_390_000)
    expect(until - Date.now()).toBeLessThanOrEqual(86_400_000)
    expect(await values('stripe')).toEqual(['current: whsec_2', 'previous: whsec_1'])
    expect(await values('stripe', until + 1)).toEqual(['current: whsec_2'])
    expect((await auditLog())[0]).toMatchObject({ action: 'secret.rotated', before: { versions: [{ version: 1 }] } })

    await put('stripe', { value: 'whsec_3', previousValidForSeconds: 60 })
    expect(await values('stripe', Date.now() + 61_000)).toEqual(['current: whsec_3'])
    await put('stripe', { value: 'whsec_4', previousValidForSeconds: 0 })
    expect(await values('stripe')).toEqual(['current: whsec_4'])
  })

  it('keeps ten versions at most, whatever their end', async ({ expect }) => {
    for (let i = 1; i <= 12; i++) await put('many', { value: `value ${i}` })
    expect(await values('many')).toHaveLength(10)
    expect((await values('many'))[0]).toBe('current: value 12')
  })

  it('of two people who rotate at once ends with both values valid', async ({ expect }) => {
    await put('contested', { value: 'zero' })
    await Promise.all([put('contested', { value: 'one' }), put('contested', { value: 'two' })])
    const known = (await values('contested')).map((text) => text.split(': ')[1])
    expect(new Set(known)).toEqual(new Set(['zero', 'one', 'two']))
  })

  it('says who uses it, and is not deleted while somebody does', async ({ expect }) => {
    await answer(write('POST', '/v1/providers', { id: 'stripe', preset: 'stripe', secret: 'stripe' }), 201)
    const { items } = await read<{ items: SecretView[] }>('/v1/secrets')
    expect(items.find(({ name }) => name === 'stripe')?.usedBy).toEqual({ providers: ['stripe'], connectors: [] })
    expect(items.find(({ name }) => name === 'outside')).toMatchObject({
      source: 'env',
      versions: [],
      bindings: ['OUTSIDE', 'OUTSIDE_OLD'],
    })
    const refused = await write('DELETE', '/v1/secrets/stripe')
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('provider stripe') as string })
    await answer(write('DELETE', '/v1/providers/stripe'))
    expect(await answer(write('DELETE', '/v1/secrets/stripe', { reason: 'gone' }))).toMatchObject({ id: 'stripe', deleted: true })
    expect((await auditLog())[0]).toMatchObject({
      action: 'secret.deleted',
      target: 'secret:stripe',
      reason: 'gone',
      after: null,
    })
    expect((await write('DELETE', '/v1/secrets/stripe')).status).toBe(404)
  })

  it('is read one at a time, by name', async ({ expect }) => {
    expect(secretView.strict().parse(await read('/v1/secrets/outside'))).toMatchObject({ hasValue: null, lastUsedAt: null })
    expect((await ask('/v1/secrets/nothing', { as: 'viewer' })).status).toBe(404)
  })

  it('loses a previous value before its time, and never the current one', async ({ expect }) => {
    await put('ended', { value: 'one' })
    await put('ended', { value: 'two' })
    await put('ended', { value: 'three' })
    const ended = await answer<ChangedSecret>(write('DELETE', '/v1/secrets/ended/versions/1', { reason: 'it leaked' }))
    expect(ended.versions.map(({ version }) => version)).toEqual([3, 2])
    expect(await values('ended')).toEqual(['current: three', 'previous: two'])
    expect((await auditLog())[0]).toMatchObject({
      action: 'secret.updated',
      target: 'secret:ended',
      reason: 'it leaked',
      before: { versions: [{ version: 3 }, { version: 2 }, { version: 1 }] },
      after: { versions: [{ version: 3 }, { version: 2 }] },
    })
    expect((await write('DELETE', '/v1/secrets/ended/versions/1')).status).toBe(404)
    expect((await write('DELETE', '/v1/secrets/ended/versions/3')).status).toBe(409)
    expect((await write('DELETE', '/v1/secrets/outside/versions/1')).status).toBe(409)
  })

  it('is refused with the field that is wrong named', async ({ expect }) => {
    expect(Object.keys(await issuesOf(write('PUT', '/v1/secrets/x', {})))).toEqual(['value'])
    expect(Object.keys(await issuesOf(write('PUT', '/v1/secrets/x', { value: '' })))).toEqual(['value'])
    expect(Object.keys(await issuesOf(write('PUT', '/v1/secrets/x', { value: 'v', previousValidForSeconds: -1 })))).toEqual([
      'previousValidForSeconds',
    ])
    expect(Object.keys(await issuesOf(write('PUT', '/v1/secrets/Not%20A%20Name', { value: 'v' })))).toEqual(['name'])
    expect(Object.keys(await issuesOf(write('PUT', '/v1/secrets/x', { value: 'a\ud800b' })))).toEqual(['value'])
    expect((await put('spaced', { value: 'pasted\n' })).warnings).toHaveLength(1)
    expect((await put('pem', { value: '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n' })).warnings).toEqual([])
  })

  it('stands in no answer, no audit row, no revision and no log line', async ({ expect }) => {
    const lines: unknown[] = []
    for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...args) => void lines.push(...args))
    }
    const value = 'a-value-that-is-nowhere-else'
    const answers = [
      await write('PUT', '/v1/secrets/hidden', { value }),
      await write('PUT', '/v1/secrets/hidden', { value, previousValidForSeconds: 'soon' }),
      await write('PUT', '/v1/secrets/hidden', { value, extra: value }),
      await write('PUT', '/v1/secrets/hidden', { value }, { as: 'viewer' }),
      await write('POST', '/v1/providers', { id: 'hidden', preset: 'stripe', secret: 'hidden' }),
      await write('POST', '/v1/secrets/hidden/verify', {}),
      await write('POST', '/v1/secrets/rekey', { reason: 'test' }),
      await write('PUT', '/v1/secrets/hidden', { source: 'env', variable: value }),
      await write('DELETE', '/v1/secrets/hidden'),
    ]
    const texts = await Promise.all(answers.map((response) => response.text()))
    texts.push(
      JSON.stringify(await read('/v1/secrets')),
      JSON.stringify(await read('/v1/providers')),
      JSON.stringify(await auditLog()),
    )
    const revisions = await bindings.CONTROL_DB.prepare('SELECT snapshot FROM config_revisions').all()
    for (const text of [...texts, JSON.stringify(revisions.results), lines.map(String).join('\n'), JSON.stringify(lines)]) {
      expect(text).not.toContain(value)
    }
  })
})

describe('a token that a sender showed in its handshake', () => {
  it('is read by administrators only, and who reads it is written down', async ({ expect }) => {
    const path = '/v1/providers/notion/handshake-token'
    expect((await ask(path, { as: 'admin' })).status).toBe(404)
    const { iv, ciphertext } = await sealSecret(KEY, handshakeTokenName('notion'), 1, 'secret_shown_by_notion')
    await bindings.CONTROL_DB.prepare('INSERT INTO handshake_tokens (provider, iv, ciphertext, at) VALUES (?, ?, ?, ?)')
      .bind('notion', iv, ciphertext, 1_760_000_000_000)
      .run()
    expect((await ask(path, { as: 'operator' })).status).toBe(403)
    expect(await read(path, 'admin')).toEqual({ token: 'secret_shown_by_notion', shownAt: '2025-10-09T08:53:20.000Z' })
    const log = await auditLog()
    expect(log[0]).toMatchObject({ action: 'provider.token_read', target: 'provider:notion', actor: { id: 'admin@example.com' } })
    expect(JSON.stringify(log)).not.toContain('shown_by_notion')
  })
})
