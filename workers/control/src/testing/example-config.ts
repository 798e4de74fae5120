import { env } from 'cloudflare:workers'
import { type ConfigContent, createRevision, insertRevision } from '@orchestrator/shared/config/revision'
import { operation } from '@orchestrator/shared/contracts/connector'
import { provider, route } from '@orchestrator/shared/contracts/config'
import { sealSecret } from '@orchestrator/shared/secrets/envelope'
import { bindings, configContent } from './harness.ts'

const keys = env as unknown as { SECRETS_KEY: string; SECRETS_KEY_PREVIOUS: string }

const stored = async (name: string, key = keys.SECRETS_KEY) => {
  const version = async (number: number, validUntil: number | null) => ({
    version: number,
    ...(await sealSecret(key, name, number, `whsec_${name}_${number}`)),
    validUntil,
  })
  return {
    name,
    source: 'stored' as const,
    versions: [await version(2, null), await version(1, Date.now() + 86_400_000)],
  }
}

const sender = (id: string, changes: object = {}) =>
  provider.parse({
    id,
    preset: 'stripe',
    enabled: true,
    paused: false,
    secret: 'stripe',
    bodyLimitBytes: 1_048_576,
    dedupeWindowMs: 604_800_000,
    ...changes,
  })

const taking = (id: string, changes: object = {}) =>
  route.parse({
    id,
    provider: 'stripe',
    enabled: true,
    eventTypes: ['customer.*'],
    connector: 'billing',
    operation: 'set-subscription',
    input: '$',
    queue: 'webhook',
    ...changes,
  })

const caller = (id: string, enabled = true) => ({
  id,
  name: id,
  enabled,
  keys: [{ id: 'key-1', hash: 'a'.repeat(64), createdAt: 1, expiresAt: null }],
  scopes: ['execute' as const],
  connectors: null,
  queues: null,
  rateLimit: null,
  serviceTokens: [],
})

const [billing] = configContent.connectors
const [governing] = configContent.policies
if (!billing || !governing) throw new Error('the configuration of tests has a connector and a policy')

/** In which every example of a mutation succeeds: of each kind something in use, something unused, and something on hold. */
export const EXAMPLE_CONTENT: ConfigContent = {
  ...configContent,
  providers: [sender('stripe'), sender('unused'), sender('disabled', { enabled: false }), sender('paused', { paused: true })],
  routes: [taking('subscriptions'), taking('disabled', { enabled: false })],
  connectors: [billing, { ...billing, id: 'unused' }, { ...billing, id: 'held' }],
  operations: [
    ...configContent.operations,
    operation.parse({ connector: 'billing', name: 'unused', method: 'GET', path: '/unused', body: null }),
  ],
  policies: [governing, { ...governing, id: 'unused' }],
  secrets: [await stored('stripe'), await stored('unused'), await stored('sealed-long-ago', keys.SECRETS_KEY_PREVIOUS)],
  breakerOverrides: [{ connector: 'held', state: 'open' }],
  pauses: [
    { kind: 'connector', id: 'held' },
    { kind: 'queue', id: 'low' },
  ],
  clients: [caller('shop'), caller('disabled', false)],
}

let published = 0

/** Puts it in force in CONTROL_DB, whatever was. Answers the revision. */
export async function publishExamples(): Promise<number> {
  const db = bindings.CONTROL_DB
  const newest = (await db.prepare('SELECT max(revision) AS revision FROM config_revisions').first<number>('revision')) ?? 0
  if (published > 0 && newest === published) return published
  published = newest + 1
  await insertRevision(db, await createRevision(EXAMPLE_CONTENT, published, 1), { author: 'test', reason: 'test' }).run()
  return published
}
