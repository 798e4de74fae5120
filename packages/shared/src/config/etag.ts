import { createHash } from 'node:crypto'
import type { Client } from '../contracts/client.ts'
import type { ConfigSnapshot, Provider, SecretRef } from '../contracts/config.ts'
import type { Connector } from '../contracts/connector.ts'
import { canonical, contentOf } from './revision.ts'

/**
 * A strong entity tag over the JSON of something (RFC 9110, section 8.8.3), quotes and all: 128 bits of its SHA-256, in base64url.
 * It changes with the thing itself, and with nothing that is only told beside it, such as who uses it.
 */
export function etagOf(version: unknown): string {
  return `"${createHash('sha256').update(canonical(version)).digest().subarray(0, 16).toString('base64url')}"`
}

type Holds = Pick<ConfigSnapshot, 'pauses' | 'breakerOverrides'>

const isHeld = ({ pauses }: Pick<Holds, 'pauses'>, kind: string, id: string): boolean =>
  pauses.some((pause) => pause.kind === kind && pause.id === id)

/** Whether a provider holds its jobs: by its own switch, or by an operator's pause. */
export function isProviderPaused({ id, paused }: Pick<Provider, 'id' | 'paused'>, holds: Pick<Holds, 'pauses'>): boolean {
  return paused || isHeld(holds, 'provider', id)
}

export function providerEtag(provider: Provider, holds: Pick<Holds, 'pauses'>): string {
  return etagOf({ ...provider, paused: isProviderPaused(provider, holds) })
}

/** Its pause and its forced breaker belong to it: who resumes a connector has to know by whom it was paused last. */
export function connectorEtag(connector: Connector, holds: Holds): string {
  const breaker = holds.breakerOverrides.find((override) => override.connector === connector.id)?.state ?? null
  return etagOf({ ...connector, paused: isHeld(holds, 'connector', connector.id), breaker })
}

export function queueEtag(name: string, holds: Pick<Holds, 'pauses'>): string {
  return etagOf({ name, paused: isHeld(holds, 'queue', name) })
}

export function clientEtag(client: Client): string {
  return etagOf(client)
}

/**
 * Its versions count, not how they are sealed: the same value under another `SECRETS_KEY` is no change. When each was made counts, too:
 * numbers begin again where a secret was deleted, or had its value elsewhere meanwhile.
 */
export function secretEtag(secret: SecretRef): string {
  if (secret.source !== 'stored') return etagOf(secret)
  return etagOf({
    ...secret,
    versions: secret.versions.map(({ version, validUntil, createdAt }) => ({ version, validUntil, createdAt })),
  })
}

/** The configuration as a whole. */
export function configEtag(config: ConfigSnapshot): string {
  return etagOf(contentOf(config))
}

function tag<T>(items: readonly T[], is: (item: T) => boolean, of: (item: T) => string): string | null {
  const found = items.find(is)
  return found === undefined ? null : of(found)
}

/**
 * The tag of what a change is about, named as the audit log names it (`connector:billing`, `operation:billing/echo`,
 * `client:shop/key-1`: a key is part of its client); null where there is no such thing yet. What changes more than one thing
 * (`config…`) is held against the whole.
 */
export function etagOfTarget(config: ConfigSnapshot, target: string): string | null {
  const at = target.indexOf(':')
  const [kind, name] = at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
  const isIt = ({ id }: { id: string }): boolean => id === name
  switch (kind) {
    case 'provider':
      return tag(config.providers, isIt, (provider) => providerEtag(provider, config))
    case 'route':
      return tag(config.routes, isIt, etagOf)
    case 'connector':
      return tag(config.connectors, isIt, (connector) => connectorEtag(connector, config))
    case 'operation':
      return tag(config.operations, (one) => `${one.connector}/${one.name}` === name, etagOf)
    case 'policy':
      return tag(config.policies, isIt, etagOf)
    case 'client':
      return tag(config.clients, ({ id }) => id === name.split('/')[0], clientEtag)
    case 'queue':
      return queueEtag(name, config)
    case 'secret':
      return tag(config.secrets, (secret) => secret.name === name, secretEtag)
    case 'settings':
      return etagOf(config.settings)
    default:
      return configEtag(config)
  }
}
