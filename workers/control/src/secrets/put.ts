import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { SecretRef } from '@orchestrator/shared/contracts/config'
import { type ChangedSecret, secretInput, secretName } from '@orchestrator/shared/contracts/config-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { refuseIssues } from '../config/edit.ts'
import { nextVersion, rotate } from './rotate.ts'
import { toAuditView, toSecretView } from './to-api.ts'

interface Deps extends ConfigDeps {
  sealSecret(name: string, version: number, value: string): Promise<{ iv: string; ciphertext: string }>
}

/** Gives a secret its value: the first, or a new one beside which the old stays valid for a while. The value is never answered. */
export async function putSecret(deps: Deps, by: ChangeContext, name: string, json: unknown): Promise<ChangedSecret> {
  const named = secretName.safeParse(name)
  if (!named.success) refuseIssues([{ path: 'name', message: named.error.issues[0]?.message ?? 'is no name' }])
  const { value, previousValidForSeconds, reason = null } = parseRequest(secretInput, json)
  const { value: view, ...changed } = await deps.changeConfig(by, async (current) => {
    const before = current.secrets.find((secret) => secret.name === name)
    if (before && before.source !== 'stored') {
      throw new AppError('conflict', `The value of ${name} comes from outside (${before.source}): change it there.`)
    }
    const known = before?.versions ?? []
    const version = nextVersion(known)
    const sealed = { version, ...(await deps.sealSecret(name, version, value)) }
    const secret: SecretRef = { name, source: 'stored', versions: rotate(known, sealed, by.at, previousValidForSeconds * 1_000) }
    const secrets = before ? current.secrets.map((one) => (one.name === name ? secret : one)) : [...current.secrets, secret]
    return {
      content: { ...contentOf(current), secrets },
      audit: {
        action: before ? 'secret.rotated' : 'secret.created',
        target: `secret:${name}`,
        reason,
        before: before ? toAuditView(before) : null,
        after: toAuditView(secret),
      },
      value: toSecretView(secret, current),
    }
  })
  return { ...view, ...changed, warnings: warningsOf(value) }
}

function warningsOf(value: string): string[] {
  return /^\s|\s$/.test(value) && !value.includes('-----BEGIN')
    ? ['The value begins or ends with white space, which is part of it now. If it was pasted along, send it again without.']
    : []
}
