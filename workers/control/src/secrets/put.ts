import type { ChangeContext } from '@orchestrator/shared/config/change'
import { contentOf } from '@orchestrator/shared/config/revision'
import type { SecretRef, SecretVersion } from '@orchestrator/shared/contracts/config'
import { type ChangedSecret, secretInput, type SecretInput, secretName } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { LastUseRow } from '@orchestrator/shared/db/control-schema'
import { parseRequest } from '@orchestrator/shared/http/issues'
import type { ConfigDeps } from '../config/deps.ts'
import { refuseIssues } from '../config/edit.ts'
import { warningsOf } from './put-warnings.ts'
import { nextVersion, rotate } from './rotate.ts'
import { toAuditView, toSecretView, usersOf } from './to-api.ts'

interface Deps extends ConfigDeps {
  sealSecret(name: string, version: number, value: string): Promise<Pick<SecretVersion, 'iv' | 'ciphertext' | 'keyId'>>
  lastUses(): Promise<readonly LastUseRow[]>
}

/**
 * Gives a secret its value, or says where it comes from: the first time, or anew. A stored value stays valid for a while beside the
 * one that replaces it. No value is ever answered.
 */
export async function putSecret(deps: Deps, by: ChangeContext, name: string, json: unknown): Promise<ChangedSecret> {
  const named = secretName.safeParse(name)
  if (!named.success) refuseIssues([{ path: 'name', message: named.error.issues[0]?.message ?? 'is no name' }])
  const input = readInput(json)
  const lastUses = await deps.lastUses()
  const { value, ...changed } = await deps.changeConfig(by, async (current) => {
    const before = current.secrets.find((secret) => secret.name === name)
    const secret = await nextSecret(deps, name, input, before, by.at)
    return {
      content: {
        ...contentOf(current),
        secrets: before ? current.secrets.map((one) => (one === before ? secret : one)) : [...current.secrets, secret],
      },
      audit: {
        action: actionOf(before, secret),
        target: `secret:${name}`,
        reason: input.reason ?? null,
        before: before ? toAuditView(before) : null,
        after: toAuditView(secret),
      },
      value: { ...toSecretView(secret, current, lastUses), warnings: warningsOf(input, before, usersOf(name, current)) },
    }
  })
  return { ...value, ...changed }
}

/** A field that is not known may be the value itself, put in the wrong place: it is not named. */
function readInput(json: unknown): SecretInput {
  const { success, error, data } = secretInput.safeParse(json)
  if (success) return data
  if (!error.issues.some(({ code }) => code === 'unrecognized_keys')) return parseRequest(secretInput, json)
  const known = 'value, previousValidForSeconds; source, variable, previousVariable; source, binding, previousBinding; reason'
  throw new AppError('validation_failed', 'Some fields are missing or wrong; see issues.', {
    issues: [{ path: '', message: `has a field that does not belong there. Known are, by source: ${known}` }],
  })
}

async function nextSecret(
  deps: Deps,
  name: string,
  input: SecretInput,
  before: SecretRef | undefined,
  now: number,
): Promise<SecretRef> {
  switch (input.source) {
    case 'env': {
      const { source, variable, previousVariable } = input
      return { name, source, variable, ...(previousVariable === undefined ? {} : { previousVariable }) }
    }
    case 'store': {
      const { source, binding, previousBinding } = input
      return { name, source, binding, ...(previousBinding === undefined ? {} : { previousBinding }) }
    }
    default: {
      const known = before?.source === 'stored' ? before.versions : []
      const version = nextVersion(known)
      const sealed = { version, ...(await deps.sealSecret(name, version, input.value)) }
      return { name, source: 'stored', versions: rotate(known, sealed, now, input.previousValidForSeconds * 1_000) }
    }
  }
}

/** A stored value that replaces one is a rotation; anything else changes where the value comes from. */
function actionOf(before: SecretRef | undefined, after: SecretRef): 'secret.created' | 'secret.rotated' | 'secret.updated' {
  if (before === undefined) return 'secret.created'
  const replaces = before.source === 'stored' && before.versions.length > 0 && after.source === 'stored'
  return replaces ? 'secret.rotated' : 'secret.updated'
}
