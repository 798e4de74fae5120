import { secretEtag } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot, SecretRef } from '@orchestrator/shared/contracts/config'
import type { SecretView } from '@orchestrator/shared/contracts/config-api'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import type { LastUseRow } from '@orchestrator/shared/db/control-schema'
import { secretsOf } from '../connectors/secrets-of.ts'
import { hasNoValue } from './has-no-value.ts'
import { lastUsesOf } from './last-uses-of.ts'

/** A secret without its value, and without its ciphertext. */
export function toSecretView(
  secret: SecretRef,
  config: Pick<ConfigSnapshot, 'providers' | 'connectors'>,
  lastUses: readonly LastUseRow[],
): SecretView {
  const usedBy = usersOf(secret.name, config)
  return {
    etag: secretEtag(secret),
    name: secret.name,
    source: secret.source,
    hasValue: secret.source === 'stored' ? !hasNoValue(secret) : null,
    versions: versionsOf(secret),
    bindings: bindingsOf(secret),
    usedBy,
    ...lastUsesOf(secret, usedBy, lastUses),
  }
}

/** As the audit log keeps it. */
export function toAuditView(secret: SecretRef): object {
  const { name, source } = secret
  const versions = versionsOf(secret).map(({ version, validUntil }) => ({ version, validUntil }))
  return { name, source, versions, bindings: bindingsOf(secret) }
}

/** Who would stand without it. */
export function usersOf(
  name: string,
  { providers, connectors }: Pick<ConfigSnapshot, 'providers' | 'connectors'>,
): SecretView['usedBy'] {
  return {
    providers: providers.flatMap((provider) => (provider.secret === name ? provider.id : [])),
    connectors: connectors.flatMap(({ id, auth }) => (secretsOf(auth).some((secret) => secret.name === name) ? id : [])),
  }
}

/** The same as words; empty when nobody does. */
export function usersInWords({ providers, connectors }: SecretView['usedBy']): string {
  return [...providers.map((id) => `provider ${id}`), ...connectors.map((id) => `connector ${id}`)].join(', ')
}

function versionsOf(secret: SecretRef): SecretView['versions'] {
  if (secret.source !== 'stored') return []
  return secret.versions
    .toSorted((a, b) => b.version - a.version)
    .map(({ version, validUntil, createdAt }) => ({
      version,
      validUntil: toTimeOrNull(validUntil),
      createdAt: toTimeOrNull(createdAt ?? null),
    }))
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
