import { publishConfig } from '@orchestrator/shared/config/publish'
import { type ConfigBindings, readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import type { SecretVersion } from '@orchestrator/shared/contracts/config'
import { openSecret, sealSecret } from '@orchestrator/shared/secrets/envelope'
import { PEOPLE, SECRETS_KEY, STRIPE_SIGNING_SECRET } from '../values.ts'
import { seedConfig } from './seed-config.ts'

const AUTHOR = 'seed'

/**
 * Publishes the configuration of development and binds its people to their roles. Repeatable: the same again changes nothing,
 * and a configuration that somebody else published since stays in force. Answers the revision in force. `now` in ms.
 */
export async function seed(bindings: ConfigBindings, port: number, now: number): Promise<number> {
  await bindRoles(bindings.CONTROL_DB, now)
  const newest = await bindings.CONTROL_DB.prepare(
    'SELECT revision, author FROM config_revisions ORDER BY revision DESC LIMIT 1',
  ).first<{
    revision: number
    author: string
  }>()
  if (newest && newest.author !== AUTHOR) return newest.revision
  const content = seedConfig(port, await stripeSecret(bindings.CONTROL_DB))
  return (await publishConfig(bindings, content, { author: AUTHOR, reason: 'values of development', now })).revision
}

/** The sealed Stripe secret: the one already published when it opens to the same value, so that a restart publishes nothing new. */
async function stripeSecret(db: D1Database): Promise<SecretVersion> {
  const name = 'stripe-signing'
  // A snapshot of an older shape, left by an earlier version of the code, is as good as none.
  const published = await readSnapshotFromDb(db).catch(() => null)
  const known = published?.secrets.find((secret) => secret.name === name)
  for (const version of known?.source === 'stored' ? known.versions : []) {
    if ((await openSecret(SECRETS_KEY, name, version)) === STRIPE_SIGNING_SECRET) return version
  }
  return { version: 1, validUntil: null, ...(await sealSecret(SECRETS_KEY, name, 1, STRIPE_SIGNING_SECRET)) }
}

async function bindRoles(db: D1Database, now: number): Promise<void> {
  const insert = db.prepare("INSERT OR IGNORE INTO role_bindings (kind, subject, role, created_at) VALUES ('user', ?, ?, ?)")
  await db.batch(PEOPLE.flatMap(({ email, roles }) => roles.map((role) => insert.bind(email, role, now))))
}
