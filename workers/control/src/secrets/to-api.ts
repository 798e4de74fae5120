import type { ConfigSnapshot, SecretRef } from '@orchestrator/shared/contracts/config'
import type { SecretView } from '@orchestrator/shared/contracts/config-api'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import { secretsOf } from '../connectors/secrets-of.ts'

/** A secret without its value, and without its ciphertext. */
export function toSecretView(secret: SecretRef, config: Pick<ConfigSnapshot, 'providers' | 'connectors'>): SecretView {
  return {
    name: secret.name,
    source: secret.source,
    versions: versionsOf(secret),
    bindings: bindingsOf(secret),
    usedBy: usersOf(secret.name, config),
  }
}

/** As the audit log keeps it. */
export function toAuditView(secret: SecretRef): object {
  return { name: secret.name, source: secret.source, versions: versionsOf(secret), bindings: bindingsOf(secret) }
}

/** Who would stand without it. */
export function usersOf(name: string, { providers, connectors }: Pick<ConfigSnapshot, 'providers' | 'connectors'>) {
  return {
    providers: providers.flatMap((provider) => (provider.secret === name ? provider.id : [])),
    connectors: connectors.flatMap(({ id, auth }) => (secretsOf(auth).some((secret) => secret.name === name) ? id : [])),
  }
}

function versionsOf(secret: SecretRef): SecretView['versions'] {
  if (secret.source !== 'stored') return []
  return secret.versions
    .toSorted((a, b) => b.version - a.version)
    .map(({ version, validUntil }) => ({ version, validUntil: toTimeOrNull(validUntil) }))
}

function bindingsOf(secret: SecretRef): string[] {
  switch (secret.source) {
    case 'stored':
      return []
    case 'env':
      return [secret.variable, ...(secret.previousVariable ? [secret.previousVariable] : [])]
    case 'store':
      return [secret.binding, ...(secret.previousBinding ? [secret.previousBinding] : [])]
  }
}
