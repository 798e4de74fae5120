import { secretsKeysOf } from '@orchestrator/shared/secrets/envelope'
import { resolveSecret } from '@orchestrator/shared/secrets/resolve'
import { withDeadline } from '@orchestrator/shared/core/clock'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Secret } from '@orchestrator/shared/secrets/secret'
import type { Env } from '../env.ts'
import type { TokenCache } from './auth/token-cache.ts'
import type { HttpConnectorDeps } from './http-connector.ts'

const SECRET_DEADLINE_MS = 1_000

/** The real functions behind calls, under a configuration. */
export function httpConnectorDeps(env: Env, config: ConfigSnapshot, tokens: TokenCache): HttpConnectorDeps {
  return {
    fetch: (url, init) => fetch(url, init),
    findSecrets: (name) => findSecrets(env, config, name),
    tokens,
    now: Date.now,
    environment: env.ENVIRONMENT,
    ownHosts: env.OWN_HOSTS,
  }
}

/**
 * The valid values of a secret, the current one first, by the references in force: a rotated secret holds for jobs of older
 * revisions too. None where the current one is missing: a previous value alone is a secret that was taken away.
 */
export async function findSecrets(env: Env, config: ConfigSnapshot, name: string): Promise<Secret[]> {
  const ref = config.secrets.find((one) => one.name === name)
  if (!ref) return []
  const resolving = resolveSecret(ref, { secretsKey: secretsKeysOf(env), env, now: Date.now() })
  const resolved = await withDeadline(resolving, SECRET_DEADLINE_MS, `the secret ${name}`)
  return resolved[0]?.label === 'current' ? resolved.map(({ secret }) => secret) : []
}
