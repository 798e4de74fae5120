import { DOCUMENT_VERSION, type SecretDeclaration, type WrittenDocument } from '../contracts/config-document.ts'
import { client, type Client } from '../contracts/client.ts'
import { provider, type Provider, route, type Route, secretRef, type SecretRef, type Settings } from '../contracts/config.ts'
import {
  type Connector,
  type DeclaredConnector,
  declaredConnector,
  operation,
  type Operation,
  UNTOUCHED,
} from '../contracts/connector.ts'
import { policy, type Policy } from '../contracts/policy.ts'
import { canonical, type ConfigContent } from './revision.ts'

/** What a document declares, with all that follows from it. */
export interface DeclaredConfig {
  /** Null: nothing is said about them. */
  settings: Pick<Settings, 'resendGraceMs'> | null
  secrets: SecretDeclaration[]
  policies: Policy[]
  connectors: DeclaredConnector[]
  operations: Operation[]
  providers: Omit<Provider, 'paused'>[]
  routes: Route[]
  clients: Omit<Client, 'keys'>[]
}

/** What a content declares: the rest of it (values, keys, pauses …) is no part of a document. */
export function declaredOf(content: ConfigContent): DeclaredConfig {
  return {
    settings: { resendGraceMs: content.settings.resendGraceMs },
    secrets: content.secrets.map(declareSecret),
    policies: content.policies,
    connectors: content.connectors.map(({ resumedAt: _resumedAt, breakerResetAt: _resetAt, ...declared }) => declared),
    operations: content.operations,
    providers: content.providers.map(({ paused: _paused, ...declared }) => declared),
    routes: content.routes,
    clients: content.clients.map(({ keys: _keys, ...declared }) => declared),
  }
}

function declareSecret(secret: SecretRef): SecretDeclaration {
  return secret.source === 'stored' ? { name: secret.name, source: 'stored' } : secret
}

function shapedSecret(secret: SecretDeclaration): SecretDeclaration {
  return secret.source === 'stored' ? { name: secret.name, source: 'stored' } : declareSecret(secretRef.parse(secret))
}

/**
 * What is left out of the document where a field has just this value: it says that there is nothing, and is the default. Every
 * other value is written, defaults too, so that a later version with other defaults reads the same out of it.
 */
const NOTHING = {
  policy: { rateLimit: null, concurrency: null, hedge: null },
  connector: { auth: { kind: 'none' }, headers: {}, egress: { redirects: 0, allowedHosts: [] }, operations: [] },
  operation: {
    body: null,
    policy: null,
    idempotent: null,
    inputSchema: null,
    response: null,
    success: null,
    raw: false,
    forwardHeaders: [],
  },
  provider: { secret: null, settings: {}, allowedIps: [], rateLimit: null },
  route: { filter: null, policy: null, delaySeconds: 0, orderingKey: null },
  client: { rateLimit: null, serviceTokens: [] },
  document: { secrets: [], policies: [], connectors: [], providers: [], routes: [], clients: [] },
} as const satisfies Record<string, Record<string, unknown>>

const shapes = {
  connector: declaredConnector,
  operation: operation.omit({ connector: true }),
  provider: provider.omit({ paused: true }),
  client: client.omit({ keys: true }),
}

/**
 * The configuration as a document that people keep in git. Equal configurations have equal text: lists in the order of ids, fields
 * in that of the contracts, and what is free-form (headers, settings, schemas) by name.
 */
export function documentOf(content: ConfigContent): WrittenDocument {
  const { settings, secrets, policies, connectors, operations, providers, routes, clients } = declaredOf(content)
  const operationsOf = (id: string) =>
    sortedBy(
      'name',
      operations.filter((one) => one.connector === id),
    ).map((one) => {
      const shaped = shapes.operation.parse(one)
      return without(NOTHING.operation, { ...shaped, inputSchema: ordered(shaped.inputSchema) })
    })
  const written = {
    version: DOCUMENT_VERSION,
    settings: settings ?? undefined,
    secrets: sortedBy('name', secrets.map(shapedSecret)),
    policies: sortedBy('id', policies).map((one) => without(NOTHING.policy, policy.parse(one))),
    connectors: sortedBy('id', connectors).map((one) => {
      const shaped = shapes.connector.parse(one)
      return without(NOTHING.connector, { ...shaped, headers: ordered(shaped.headers), operations: operationsOf(one.id) })
    }),
    providers: sortedBy('id', providers).map((one) => {
      const shaped = shapes.provider.parse(one)
      const { custom, ...rest } = without(NOTHING.provider, { ...shaped, settings: ordered(shaped.settings) })
      // Every preset that stands in a configuration calls itself so.
      return custom ? { ...rest, custom: { ...orderedNames(custom), id: 'custom' as const } } : rest
    }),
    routes: sortedBy('id', routes).map((one) => without(NOTHING.route, route.parse(one))),
    clients: sortedBy('id', clients).map((one) => without(NOTHING.client, shapes.client.parse(one))),
  } satisfies WrittenDocument
  return without(NOTHING.document, written)
}

/** The same fields, but those that say nothing. */
function without<T extends object>(nothing: Readonly<Record<string, unknown>>, item: T): T {
  const said = Object.entries(item).filter(
    ([name, value]) => !Object.hasOwn(nothing, name) || canonical(value) !== canonical(nothing[name]),
  )
  // What is left out is optional in the contract of what is written: a test reads each of them back.
  return Object.fromEntries(said) as T
}

function sortedBy<K extends string, T extends Record<K, string>>(key: K, items: readonly T[]): T[] {
  return items.toSorted((a, b) => (a[key] < b[key] ? -1 : 1))
}

function ordered<T>(value: T): T {
  return JSON.parse(canonical(value)) as T
}

/** Facts of a custom sender may give names of their own to what a sender says. */
function orderedNames<T>(custom: T): T {
  return JSON.parse(JSON.stringify(custom), (key, value: unknown) => (key === 'names' ? ordered(value) : value)) as T
}

/**
 * The configuration that a declaration asks for. What it does not name is gone, and its pauses and forced breaker with it. Of what
 * is there already stays what no document holds: values of secrets, keys of clients, pauses, forced breakers, shards. What is new has
 * none of those. Where nothing changes, the content is the same, order included.
 */
export function applyDocument(current: ConfigContent, declared: DeclaredConfig): ConfigContent {
  const connectors = inOrderOf(current.connectors, declared.connectors, ({ id }) => id)
  const providers = inOrderOf(current.providers, declared.providers, ({ id }) => id)
  const isThere = { connector: idsOf(connectors), provider: idsOf(providers) }
  return {
    ...current,
    providers: providers.map(([one, was]) => ({ ...one, paused: was?.paused ?? false })),
    routes: inOrderOf(current.routes, declared.routes, ({ id }) => id).map(([one]) => one),
    connectors: connectors.map(([one, was]) => ({ ...one, ...touchesOf(was ?? UNTOUCHED) })),
    operations: inOrderOf(current.operations, declared.operations, placeOf).map(([one]) => one),
    policies: inOrderOf(current.policies, declared.policies, ({ id }) => id).map(([one]) => one),
    secrets: inOrderOf(current.secrets, declared.secrets, ({ name }) => name).map(([one, was]) => secretOf(one, was)),
    breakerOverrides: current.breakerOverrides.filter((override) => isThere.connector.has(override.connector)),
    pauses: current.pauses.filter(({ kind, id }) => kind === 'queue' || isThere[kind].has(id)),
    clients: inOrderOf(current.clients, declared.clients, ({ id }) => id).map(([one, was]) => ({
      ...one,
      keys: was?.keys ?? [],
    })),
    settings: { ...current.settings, ...declared.settings },
  }
}

function touchesOf({ resumedAt, breakerResetAt }: Pick<Connector, 'resumedAt' | 'breakerResetAt'>) {
  return { resumedAt, breakerResetAt }
}

/** A value that is stored here stays; one that came from elsewhere until now is not known here. */
function secretOf(declared: SecretDeclaration, was: SecretRef | undefined): SecretRef {
  if (declared.source !== 'stored') return declared
  return was?.source === 'stored' ? was : { ...declared, versions: [] }
}

const placeOf = ({ connector: of, name }: Pick<Operation, 'connector' | 'name'>): string => `${of}/${name}`

function idsOf(items: readonly [{ id: string }, unknown][]): Set<string> {
  return new Set(items.map(([{ id }]) => id))
}

/** What is declared, each beside what it was: those that are there as they stand now, then the new ones. */
function inOrderOf<W, D extends object>(
  current: readonly W[],
  declared: readonly D[],
  keyOf: (item: NoInfer<W> | D) => string,
): [D, W | undefined][] {
  const wanted = new Map(declared.map((one) => [keyOf(one), one]))
  const there = current.flatMap((was): [D, W][] => {
    const one = wanted.get(keyOf(was))
    return one ? [[one, was]] : []
  })
  const known = new Set(there.map(([one]) => keyOf(one)))
  return [...there, ...declared.flatMap((one): [D, undefined][] => (known.has(keyOf(one)) ? [] : [[one, undefined]]))]
}
