import type { SecretRef } from '@orchestrator/shared/contracts/config'
import { secretStanding, type SecretStanding } from '@orchestrator/shared/contracts/secret-api'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { checkSecret } from '@orchestrator/shared/secrets/check'
import { openSecret, secretsKeysOf, sealSecret } from '@orchestrator/shared/secrets/envelope'
import { controlled, neighbour } from '../deadlines.ts'
import type { ControlEnv } from '../env.ts'
import { readHandshakeTokens, readLastUses, replaceHandshakeToken } from './queries.ts'

/** The others ask the Secrets Store within less, ms. */
const CHECK_DEADLINE_MS = 3_000

export type SecretDeps = ReturnType<typeof createSecretDeps>

/** The real functions behind secrets. */
export function createSecretDeps(env: ControlEnv) {
  const keys = secretsKeysOf(env)
  type Openable = Parameters<typeof openSecret>[2]
  return {
    /** A version of a `stored` secret, under the current key. */
    sealSecret: (name: string, version: number, value: string) => sealSecret(env.SECRETS_KEY, name, version, value),
    openSecret: (name: string, sealed: Openable) => openSecret(keys, name, sealed),
    isUnderCurrentKey: async (name: string, sealed: Openable) => (await openSecret(env.SECRETS_KEY, name, sealed)) !== undefined,
    handshakeTokens: () => controlled(() => readHandshakeTokens(env.CONTROL_DB)),
    replaceHandshakeToken: (
      ...change: Parameters<typeof replaceHandshakeToken> extends [D1Database, ...infer Rest] ? Rest : never
    ) => replaceHandshakeToken(env.CONTROL_DB, ...change),
    lastUses: () => controlled(() => readLastUses(env.CONTROL_DB)),
    checkSecret: {
      ingress: (ref: SecretRef) => askNeighbour('ingress', env.INGRESS_SECRET_CHECK, ref),
      execution: (ref: SecretRef) => askNeighbour('execution', env.EXECUTION_SECRET_CHECK, ref),
      control: (ref: SecretRef) => checkSecret(ref, { secretsKey: keys, env, now: Date.now() }),
    },
  }
}

/** Null when it cannot be asked. */
async function askNeighbour(name: string, worker: Fetcher | undefined, ref: SecretRef): Promise<SecretStanding | null> {
  const request = new Request('https://secret-check.internal/', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ref),
  })
  try {
    const answer = await neighbour(name, worker, request, CHECK_DEADLINE_MS)
    return secretStanding.parse(await withDeadline(answer.json(), CHECK_DEADLINE_MS, name))
  } catch {
    return null
  }
}
