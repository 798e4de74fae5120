import type { ConfigSnapshot, SecretRef } from '@orchestrator/shared/contracts/config'
import type { SecretStanding, SecretVerification } from '@orchestrator/shared/contracts/secret-api'
import { findSecret } from './get.ts'
import { usersOf } from './to-api.ts'

interface Deps {
  configInForce(): Promise<ConfigSnapshot>
  /** What each Worker says of it; null when it cannot be asked. */
  checkSecret: Readonly<
    Record<SecretVerification['workers'][number]['worker'], (ref: SecretRef) => Promise<SecretStanding | null>>
  >
}

/** Whether each Worker can read a secret. Values from outside live in the other Workers, so those are asked. @throws AppError 404 */
export async function verifySecret(deps: Deps, name: string): Promise<SecretVerification> {
  const config = await deps.configInForce()
  const ref = findSecret(config, name)
  const { providers, connectors } = usersOf(name, config)
  const needed = { ingress: providers.length > 0, execution: connectors.length > 0, control: false }
  const workers = await Promise.all(
    (['ingress', 'execution', 'control'] as const).map(async (worker) => ({
      worker,
      needed: needed[worker],
      standing: await deps.checkSecret[worker](ref),
    })),
  )
  return { name, ok: workers.every((one) => !one.needed || one.standing?.current === 'resolves'), workers }
}
