import type { ChangeContext } from '@orchestrator/shared/config/change'
import { contentOf } from '@orchestrator/shared/config/revision'
import type { SecretRef } from '@orchestrator/shared/contracts/config'
import type { ChangedSecret } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { LastUseRow } from '@orchestrator/shared/db/control-schema'
import type { Why } from '../config/delete-item.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { findSecret } from './get.ts'
import { toAuditView, toSecretView } from './to-api.ts'

interface Deps extends ConfigDeps {
  lastUses(): Promise<readonly LastUseRow[]>
}

/** Ends a previous value now, before its time: somebody else has it, or nobody uses it any more. */
export async function endSecretVersion(
  deps: Deps,
  by: ChangeContext,
  name: string,
  version: string,
  { reason = null }: Why,
): Promise<ChangedSecret> {
  const lastUses = await deps.lastUses()
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const before = findSecret(current, name)
    const secret = withoutVersion(before, version)
    return {
      content: { ...contentOf(current), secrets: current.secrets.map((one) => (one === before ? secret : one)) },
      audit: {
        action: 'secret.updated',
        target: `secret:${name}`,
        reason,
        before: toAuditView(before),
        after: toAuditView(secret),
      },
      value: toSecretView(secret, current, lastUses),
    }
  })
  return { ...value, ...changed, warnings: [] }
}

/** `version` as it stands in the path. */
function withoutVersion(secret: SecretRef, version: string): SecretRef {
  if (secret.source !== 'stored') {
    throw new AppError('conflict', `${secret.name} has no versions: PUT it without its previous variable or binding.`)
  }
  const found = secret.versions.find((one) => String(one.version) === version)
  if (!found) throw new AppError('not_found', `${secret.name} has no version ${version}.`)
  if (found.validUntil === null) {
    throw new AppError(
      'conflict',
      `Version ${version} is the current value: PUT a new one first, with previousValidForSeconds 0.`,
    )
  }
  return { ...secret, versions: secret.versions.filter((one) => one !== found) }
}
