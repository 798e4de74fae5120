import type { ConfigSnapshot, SecretRef } from '@orchestrator/shared/contracts/config'
import type { SecretView } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { LastUseRow } from '@orchestrator/shared/db/control-schema'
import { toSecretView } from './to-api.ts'

/** One secret, without its value. @throws AppError 404 */
export async function getSecret(
  deps: { configInForce(): Promise<ConfigSnapshot>; lastUses(): Promise<readonly LastUseRow[]> },
  name: string,
): Promise<SecretView> {
  const [config, lastUses] = await Promise.all([deps.configInForce(), deps.lastUses()])
  return toSecretView(findSecret(config, name), config, lastUses)
}

/** @throws AppError 404 */
export function findSecret({ secrets }: Pick<ConfigSnapshot, 'secrets'>, name: string): SecretRef {
  const found = secrets.find((secret) => secret.name === name)
  if (!found) throw new AppError('not_found', `There is no such secret: ${name}.`)
  return found
}
