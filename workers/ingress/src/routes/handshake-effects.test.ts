import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { readConfigInForce } from '@orchestrator/shared/config/change'
import { handshakeTokenName } from '@orchestrator/shared/secrets/handshake-token'
import { openSecret } from '@orchestrator/shared/secrets/envelope'
import { beforeAll, beforeEach, describe, it } from 'vitest'

import { failing } from '../testing/faults.ts'
import { bare, configOf, newSender, requestFrom, type Sender } from '../testing/senders.ts'
import { env, fetchWith, seedConfig } from '../testing/stack.ts'

const SECRET = 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81'
const OTHER_SECRET = 'c637207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e82'
const TOKEN = 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl'

let asana: Sender
let notion: Sender
let others: Sender[]

beforeAll(async () => {
  asana = await newSender('asana', 'asana', { secret: null })
  notion = await newSender('notion', 'notion', { secret: null })
  const failed = await newSender('asana-failed', 'asana', { secret: null })
  const raced = await newSender('asana-raced', 'asana', { secret: null })
  const configured = await newSender('asana-configured', 'asana')
  others = [failed, raced, configured]
  await seedConfig(configOf(asana, notion, ...others))
})

const bring = (provider: string, secret: string, faults = {}) =>
  fetchWith({ ...env, ...faults }, bare(provider, { headers: { 'x-hook-secret': secret }, body: '{}' }))

async function auditRows(): Promise<AuditRow[]> {
  const { results } = await env.CONTROL_DB.prepare('SELECT * FROM audit_log ORDER BY seq').all<AuditRow>()
  return results
}

describe('Asana', () => {
  it('brings the secret that it signs with: sealed in a new revision, audited, and echoed', async ({ expect }) => {
    const before = await readConfigInForce(env.CONTROL_DB)
    const response = await bring('asana', SECRET)
    expect([response.status, response.headers.get('x-hook-secret'), await response.text()]).toEqual([200, SECRET, ''])

    const after = await readConfigInForce(env.CONTROL_DB)
    expect(after.revision).toBe(before.revision + 1)
    expect(after.providers.find(({ id }) => id === 'asana')?.secret).toBe('handshake-asana')
    const kept = after.secrets.find(({ name }) => name === 'handshake-asana')
    const [version] = kept?.source === 'stored' ? kept.versions : []
    expect(await openSecret(env.SECRETS_KEY, 'handshake-asana', version!)).toBe(SECRET)
    expect(JSON.stringify(after)).not.toContain(SECRET)

    const audit = (await auditRows()).at(-1)
    expect(audit).toMatchObject({ action: 'secret.received', target: 'secret:handshake-asana', reason: 'handshake of asana' })
    expect(JSON.stringify(await auditRows())).not.toContain(SECRET)
  })

  it('is believed from then on, under that secret only', async ({ expect }) => {
    const body = '{"events":[{"action":"changed","resource":{"gid":"1","resource_type":"task"}}]}'
    const response = await fetchWith(env, await requestFrom(asana, { body, signWith: [SECRET] }))
    const { status } = await response.json<{ status: string }>()
    expect([response.status, status]).toEqual([200, 'accepted'])
    expect((await fetchWith(env, await requestFrom(asana, { body, signWith: [OTHER_SECRET] }))).status).toBe(401)
  })

  it('or whoever says so cannot replace a secret that is there', async ({ expect }) => {
    const before = await readConfigInForce(env.CONTROL_DB)
    for (const provider of ['asana', 'asana-configured'])
      for (const secret of [OTHER_SECRET, SECRET]) {
        const response = await bring(provider, secret)
        expect([response.status, response.headers.get('x-hook-secret')], provider).toEqual([401, null])
      }
    expect(await readConfigInForce(env.CONTROL_DB)).toEqual(before)
  })

  it('asked twice at once gets one secret kept, and one refused', async ({ expect }) => {
    const answers = await Promise.all([bring('asana-raced', SECRET), bring('asana-raced', OTHER_SECRET)])
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '401'])
    const kept = answers.find(({ status }) => status === 200)?.headers.get('x-hook-secret')
    const { secrets } = await readConfigInForce(env.CONTROL_DB)
    const ref = secrets.find(({ name }) => name === 'handshake-asana-raced')
    const [version] = ref?.source === 'stored' ? ref.versions : []
    expect(await openSecret(env.SECRETS_KEY, 'handshake-asana-raced', version!)).toBe(kept)
  })

  it('hears 503 while CONTROL_DB is down, and nothing is kept; then it succeeds', async ({ expect }) => {
    const before = await readConfigInForce(env.CONTROL_DB)
    const audited = (await auditRows()).length
    for (const methods of [['prepare', 'batch'], ['batch']] as const) {
      const response = await bring('asana-failed', SECRET, { CONTROL_DB: failing(env.CONTROL_DB, ...methods) })
      expect([response.status, response.headers.get('x-hook-secret')]).toEqual([503, null])
    }
    expect(await readConfigInForce(env.CONTROL_DB)).toEqual(before)
    expect(await auditRows()).toHaveLength(audited)
    expect((await bring('asana-failed', SECRET)).status).toBe(200)
  })

  it('is answered while R2 is down: CONTROL_DB is where it counts', async ({ expect }) => {
    const { revision } = await readConfigInForce(env.CONTROL_DB)
    const sender = await newSender('asana-late', 'asana', { secret: null })
    await seedConfig(configOf(asana, notion, ...others, sender))
    expect((await bring('asana-late', SECRET, { PAYLOADS: failing(env.PAYLOADS, 'put') })).status).toBe(200)
    expect((await readConfigInForce(env.CONTROL_DB)).revision).toBe(revision + 2)
  })
})

describe('Notion', () => {
  const row = () => env.CONTROL_DB.prepare('SELECT * FROM handshake_tokens WHERE provider = ?').bind('notion').first()
  const show = (token: string, faults = {}) =>
    fetchWith({ ...env, ...faults }, bare('notion', { body: JSON.stringify({ verification_token: token }) }))

  beforeEach(() => env.CONTROL_DB.exec('DELETE FROM handshake_tokens'))

  it('shows its token: kept sealed for the operator, and taken for no secret', async ({ expect }) => {
    const before = await readConfigInForce(env.CONTROL_DB)
    expect((await show(TOKEN)).status).toBe(200)
    const kept = await row()
    expect(JSON.stringify(kept)).not.toContain(TOKEN)
    const sealed = { version: 1, iv: String(kept?.['iv']), ciphertext: String(kept?.['ciphertext']) }
    expect(await openSecret(env.SECRETS_KEY, handshakeTokenName('notion'), sealed)).toBe(TOKEN)
    expect(await readConfigInForce(env.CONTROL_DB)).toEqual(before)
    expect((await fetchWith(env, await requestFrom(notion, { signWith: [TOKEN] }))).status).toBe(503)
  })

  it('shown anew replaces what was shown, but no sooner than a second later', async ({ expect }) => {
    const other = TOKEN.replace('tMr', 'uMr')
    await show(TOKEN)
    const first = await row()
    // What was not kept is not acknowledged.
    expect((await show(other)).status).toBe(503)
    expect(await row()).toEqual(first)
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    await show(other)
    expect((await row())?.['ciphertext']).not.toBe(first?.['ciphertext'])
  })

  it('hears 503 while CONTROL_DB cannot keep it', async ({ expect }) => {
    expect((await show(TOKEN, { CONTROL_DB: failing(env.CONTROL_DB, 'prepare') })).status).toBe(503)
    expect(await row()).toBeNull()
  })
})
