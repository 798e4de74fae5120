import type { SecretRef } from '@orchestrator/shared/contracts/config'
import { secretStanding, type SecretStanding } from '@orchestrator/shared/contracts/secret-api'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { checkSecret } from '@orchestrator/shared/secrets/check'
import { openSecret, secretsKeysOf, sealSecret } from '@orchestrator/shared/secrets/envelope'
import { controlled, postToNeighbour } from '../deadlines.ts'
import type { ControlEnv } from '../env.ts'
import { type HandshakeTokenRow, readHandshakeTokens, readLastUses, replaceHandshakeToken } from './queries.ts'

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
    replaceHandshakeToken: (row: HandshakeTokenRow, sealed: Pick<HandshakeTokenRow, 'iv' | 'ciphertext'>) =>
      replaceHandshakeToken(env.CONTROL_DB, row, sealed),
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
  try {
    const answer = await postToNeighbour(name, worker, ref, CHECK_DEADLINE_MS)
    return secretStanding.parse(await withDeadline(answer.json(), CHECK_DEADLINE_MS, name))
  } catch {
    return null
  }
}
