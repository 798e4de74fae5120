import type { SecretRef } from '@orchestrator/shared/contracts/config'
import { currentVersion } from './current-version.ts'

/** Whether a secret whose value is kept here was only declared so far. Of others we do not know without asking. */
export function hasNoValue(secret: SecretRef): boolean {
  return secret.source === 'stored' && currentVersion(secret) === undefined
}

/** The warning of who uses such a secret; none where it has a value, is not named, or is not there. */
export function valuelessWarnings(names: readonly (string | null)[], secrets: readonly SecretRef[]): string[] {
  return secrets
    .filter((secret) => names.includes(secret.name) && hasNoValue(secret))
    .map(({ name }) => `The secret ${name} has no value yet: write it by PUT /v1/secrets/${name}.`)
}
