import type { SecretRef, SecretVersion } from '@orchestrator/shared/contracts/config'

/** The version that a stored secret's value is now; `undefined` where it has none yet, or its value comes from outside. */
export function currentVersion(secret: SecretRef): SecretVersion | undefined {
  return secret.source === 'stored' ? secret.versions.find(({ validUntil }) => validUntil === null) : undefined
}
