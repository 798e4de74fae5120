import type { ConfigChange, ConfigKind } from '../contracts/change.ts'
import { CONFIG_KINDS } from '../contracts/change.ts'
import type { Client } from '../contracts/client.ts'
import type { SecretRef } from '../contracts/config.ts'
import { isObject } from '../core/is-object.ts'
import { toTimeOrNull } from '../core/time.ts'
import { canonical, type ConfigContent } from './revision.ts'

type Fields = ConfigChange['fields']

/** One thing as it may be shown, and with what may not: so that a difference in there is told, without what it is. */
interface Thing {
  shown: unknown
  whole: unknown
}

/**
 * What leads from one content to another: by kind, then by id, then by path. Of a secret only its versions and where they come
 * from are named, of a client's keys only their ids and ends; if something hidden differs, that it does.
 */
export function diffConfig(before: ConfigContent, after: ConfigContent): ConfigChange[] {
  const [old, next] = [thingsOf(before), thingsOf(after)]
  return CONFIG_KINDS.flatMap((kind) => {
    const [was, is] = [old[kind], next[kind]]
    const ids = [...new Set([...was.keys(), ...is.keys()])].toSorted(byCodeUnits)
    return ids.flatMap((id) => changeOf(kind, id, was.get(id), is.get(id)) ?? [])
  })
}

function changeOf(kind: ConfigKind, id: string, was: Thing | undefined, is: Thing | undefined): ConfigChange | null {
  if (!was) return { kind, id, change: 'created', fields: [] }
  if (!is) return { kind, id, change: 'deleted', fields: [] }
  if (canonical(was.whole) === canonical(is.whole)) return null
  const fields = fieldsOf(was.shown, is.shown, []).toSorted((a, b) => byCodeUnits(a.path, b.path))
  const hidden = { path: 'value', before: '[hidden]', after: '[hidden, another one]' }
  return { kind, id, change: 'updated', fields: fields.length > 0 ? fields : [hidden] }
}

/** Objects are gone through; whatever else differs, lists too, is told whole. */
function fieldsOf(was: unknown, is: unknown, path: readonly string[]): Fields {
  if (isObject(was) && isObject(is)) {
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    return names.flatMap((name) => fieldsOf(ownOf(was, name), ownOf(is, name), [...path, name]))
  }
  if (canonical(was ?? null) === canonical(is ?? null)) return []
  return [{ path: path.join('.'), before: was ?? null, after: is ?? null }]
}

/** A key may be called `constructor`, which every object has. */
function ownOf(fields: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function thingsOf(content: ConfigContent): Record<ConfigKind, Map<string, Thing>> {
  return {
    settings: new Map([['settings', open(content.settings)]]),
    policy: byId(content.policies),
    connector: byId(content.connectors),
    operation: new Map(content.operations.map((one) => [`${one.connector}/${one.name}`, open(one)])),
    provider: byId(content.providers),
    route: byId(content.routes),
    client: new Map(content.clients.map((one) => [one.id, { shown: shownClient(one), whole: one }])),
    secret: new Map(content.secrets.map((one) => [one.name, { shown: shownSecret(one), whole: one }])),
    breaker: new Map(content.breakerOverrides.map((one) => [one.connector, open(one)])),
    pause: new Map(content.pauses.map((one) => [`${one.kind}/${one.id}`, open(one)])),
  }
}

const open = (whole: object): Thing => ({ shown: whole, whole })

function byId(items: readonly { id: string }[]): Map<string, Thing> {
  return new Map(items.map((one) => [one.id, open(one)]))
}

/** Keys by id, each with its end. */
function shownClient({ keys, ...client }: Client): object {
  return { ...client, keys: Object.fromEntries(keys.map(({ id, expiresAt }) => [id, { expiresAt: toTimeOrNull(expiresAt) }])) }
}

/** Versions by number, each with its end. */
function shownSecret(secret: SecretRef): object {
  if (secret.source !== 'stored') return secret
  const versions = secret.versions.map(({ version, validUntil }) => [version, { validUntil: toTimeOrNull(validUntil) }] as const)
  return { name: secret.name, source: secret.source, versions: Object.fromEntries(versions) }
}

/** The same everywhere, whatever the locale. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
