import type { DeclaredConfig } from '@orchestrator/shared/config/document'
import { DOCUMENT_VERSION, secretDeclaration, settingsInput } from '@orchestrator/shared/contracts/config-document'
import { routeInput } from '@orchestrator/shared/contracts/config-api'
import type { Operation } from '@orchestrator/shared/contracts/connector'
import { slug } from '@orchestrator/shared/contracts/slug'
import type { Issue } from '@orchestrator/shared/core/errors'
import { isObject } from '@orchestrator/shared/core/is-object'
import { readClient } from '../clients/read-client.ts'
import { readConnector } from '../connectors/read-connector.ts'
import { readOperation } from '../operations/read-operation.ts'
import { readPolicy } from '../policies/read-policy.ts'
import { readProvider } from '../providers/read-provider.ts'
import { collect } from './collect.ts'
import { parseStrictly } from './read-input.ts'

const LISTS = ['secrets', 'policies', 'connectors', 'providers', 'routes', 'clients'] as const
type List = (typeof LISTS)[number]
type Fields = Record<string, unknown>

/** A document that held a pause would bring it back with every `apply`. */
const NO_PAUSE = 'is no part of a document: pauses stay as operators set them (POST /v1/providers/:id/pause)'

/** One item of a list, at its place. Without a value it could not be read; its name still stands for it where others refer to it. */
export interface Declared<T> {
  path: string
  name: string | undefined
  value: T | undefined
}

/** A document as far as it could be read, and all that is wrong with its shape. */
export interface ReadDocument {
  settings: DeclaredConfig['settings']
  secrets: Declared<DeclaredConfig['secrets'][number]>[]
  policies: Declared<DeclaredConfig['policies'][number]>[]
  connectors: Declared<DeclaredConfig['connectors'][number]>[]
  /** In no order that counts; each knows its connector. */
  operations: (Declared<Operation> & { connector: string })[]
  providers: Declared<DeclaredConfig['providers'][number]>[]
  routes: Declared<DeclaredConfig['routes'][number]>[]
  clients: Declared<DeclaredConfig['clients'][number]>[]
  issues: Issue[]
}

/** Reads a document field by field as the single things are read. What it says does not depend on what is in force. */
export function readDocument(json: unknown): ReadDocument {
  const issues: Issue[] = []
  const document = readTop(json, issues)
  const settings = document['settings'] ?? null
  const list = <T>(name: List, key: 'id' | 'name', read: (fields: Fields, path: string) => T) =>
    readList(document[name], name, key, issues, read)
  const providers = list('providers', 'id', ({ paused: said, ...fields }, path) => {
    if (said !== undefined) issues.push({ path: `${path}.paused`, message: NO_PAUSE })
    const { paused: _paused, ...provider } = readProvider({}, fields)
    return provider
  })
  const connectors = list('connectors', 'id', ({ operations: _operations, ...fields }) => {
    const { resumedAt: _resumedAt, breakerResetAt: _resetAt, ...connector } = readConnector(null, fields)
    return connector
  })
  return {
    settings: settings === null ? null : (collect(issues, 'settings', () => parseStrictly(settingsInput, settings)) ?? null),
    secrets: list('secrets', 'name', (fields) => parseStrictly(secretDeclaration, fields)),
    policies: list('policies', 'id', (fields) => readPolicy({}, fields)),
    connectors,
    operations: operationsOf(document['connectors'], connectors, issues),
    providers,
    routes: list('routes', 'id', (fields) => parseStrictly(routeInput, fields)),
    clients: list('clients', 'id', (fields) => {
      const { keys: _keys, ...client } = readClient(null, fields)
      return client
    }),
    issues,
  }
}

function readTop(json: unknown, issues: Issue[]): Fields {
  if (!isObject(json)) {
    issues.push({ path: '', message: 'is an object with a version and lists; GET /v1/config shows one' })
    return {}
  }
  const { version } = json
  if (version !== DOCUMENT_VERSION) {
    const message = version === undefined ? `is missing: write version: ${DOCUMENT_VERSION}` : `is ${DOCUMENT_VERSION} here`
    issues.push({ path: 'version', message })
  }
  const known = new Set<string>(['version', 'settings', ...LISTS])
  for (const name of Object.keys(json)) if (!known.has(name)) issues.push({ path: name, message: 'is no field that is known' })
  return json
}

function readList<T>(
  items: unknown,
  path: string,
  key: 'id' | 'name',
  issues: Issue[],
  read: (fields: Fields, path: string) => T,
): Declared<T>[] {
  if (items === undefined || items === null) return []
  if (!Array.isArray(items)) {
    issues.push({ path, message: 'is a list' })
    return []
  }
  const seen = new Map<string, string>()
  return items.map((item: unknown, i): Declared<T> => {
    const here = `${path}.${i}`
    if (!isObject(item)) {
      issues.push({ path: here, message: 'is an object' })
      return { path: here, name: undefined, value: undefined }
    }
    const name = typeof item[key] === 'string' ? item[key] : undefined
    const first = name === undefined ? undefined : seen.get(name)
    if (first !== undefined) issues.push({ path: `${here}.${key}`, message: `${name} stands at ${first} already` })
    else if (name !== undefined) seen.set(name, here)
    return { path: here, name, value: collect(issues, here, () => read(item, here)) }
  })
}

/** The operations under their connectors; those of a connector that has no name that can be used are read for their shape. */
function operationsOf(items: unknown, connectors: readonly Declared<unknown>[], issues: Issue[]): ReadDocument['operations'] {
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown, i) => {
    const path = `connectors.${i}`
    const connector = slug.safeParse(connectors[i]?.name).data ?? 'unnamed'
    const operations = isObject(item) ? item['operations'] : undefined
    const read = readList(operations, `${path}.operations`, 'name', issues, (fields) => readOperation(connector, null, fields))
    return read.map((operation) => ({ ...operation, connector }))
  })
}

/** What a document declares as far as it could be read: only what is whole. */
export function declaredBy(document: ReadDocument): DeclaredConfig {
  return {
    settings: document.settings,
    secrets: whole(document.secrets),
    policies: whole(document.policies),
    connectors: whole(document.connectors),
    operations: whole(document.operations),
    providers: whole(document.providers),
    routes: whole(document.routes),
    clients: whole(document.clients),
  }
}

function whole<T>(items: readonly Declared<T>[]): T[] {
  return items.flatMap(({ value }) => value ?? [])
}
