import type { ConfigContent } from '@orchestrator/shared/config/revision'
import type { SecretRef } from '@orchestrator/shared/contracts/config'
import { toTime } from '@orchestrator/shared/core/time'
import { hasNoValue } from '../../secrets/has-no-value.ts'
import { usersOf } from '../../secrets/to-api.ts'
import { byId, changedPairs, type Pair } from './pairs.ts'

/** Whose proofs and credentials change, and what stands without any. */
export function effectsOnSecrets(before: ConfigContent, after: ConfigContent): string[] {
  const secrets = changedPairs(before.secrets, after.secrets, ({ name }) => name)
  const touched = {
    secrets: new Set(secrets.map(byId)),
    providers: new Set(changedPairs(before.providers, after.providers, byId).map(byId)),
    connectors: new Set(changedPairs(before.connectors, after.connectors, byId).map(byId)),
  }
  const missing = after.secrets.filter(hasNoValue).flatMap(({ name }) => {
    const { providers, connectors } = usersOf(name, after)
    const concerned =
      touched.secrets.has(name) ||
      providers.some((id) => touched.providers.has(id)) ||
      connectors.some((id) => touched.connectors.has(id))
    return concerned ? ofMissing(name, providers, connectors) : []
  })
  return [...secrets.flatMap(ofSecret), ...missing]
}

function ofMissing(name: string, providers: readonly string[], connectors: readonly string[]): string[] {
  return [
    `The secret ${name} has no value yet: write it by PUT /v1/secrets/${name}.`,
    ...providers.map((id) => `Until then nothing that is posted to /webhooks/${id} can be verified: it is answered 503.`),
    ...connectors.map((id) => `Until then calls of ${id} fail with config_error.`),
  ]
}

function ofSecret({ id, was, is }: Pair<SecretRef>): string[] {
  if (!is) return was?.source === 'stored' ? [`The value of the secret ${id} goes with it.`] : []
  if (was && was.source !== is.source) return [`The value of the secret ${id} comes from ${is.source} instead of ${was.source}.`]
  if (is.source !== 'stored' || was?.source !== 'stored')
    return was ? [`The value of the secret ${id} comes from elsewhere than before.`] : []
  const known = new Map(was.versions.map((one) => [one.version, one]))
  const kept = new Set(is.versions.map(({ version }) => version))
  return [
    ...is.versions.flatMap(({ version, validUntil }) => {
      const before = known.get(version)
      if (!before) return [`Version ${version} is the value of the secret ${id} from now on.`]
      return validUntil !== null && validUntil !== before.validUntil
        ? [`Version ${version} of the secret ${id} is valid until ${toTime(validUntil)}.`]
        : []
    }),
    ...was.versions.flatMap(({ version }) =>
      kept.has(version) ? [] : [`Version ${version} of the secret ${id} is valid no more.`],
    ),
  ]
}
