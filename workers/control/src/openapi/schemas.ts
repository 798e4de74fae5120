import * as z from 'zod'
import { type Comments, readComments } from './comments.ts'
import { CONTRACTS } from './contracts.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

const PREFIX = '#/components/schemas/'
type Direction = 'input' | 'output'

/** The schemas of all requests and answers, with `$ref`s to the components they share. */
export interface Schemas {
  of(schema: z.ZodType): JsonObject
  components: JsonObject
}

/**
 * Turns contracts to JSON Schema. `requests` are shown as they are sent (what has a default may be left out, and nothing unknown is
 * accepted), `answers` as they are received (a later version may add fields). A component that differs between the two gets two names.
 */
export function convert(requests: readonly z.ZodType[], answers: readonly z.ZodType[]): Schemas {
  const names = namesOfContracts()
  const comments = readComments()
  const sent = converted(requests, names, comments, 'input')
  const received = converted(answers, names, comments, 'output')
  const shared = [...sent.components.keys()].filter((name) => received.components.has(name))
  const differing = differingOf(shared, sent.components, received.components)
  const inputName = (name: string): string => (differing.has(name) ? `${name}Input` : name)

  const components = new Map<string, JsonObject>(received.components)
  for (const [name, schema] of sent.components) {
    if (differing.has(name) && components.has(inputName(name))) throw new Error(`Two schemas would be called ${inputName(name)}.`)
    components.set(inputName(name), renamed(schema, inputName) as JsonObject)
  }
  return {
    of(schema) {
      const input = sent.roots.get(schema)
      const found = input ? (renamed(input, inputName) as JsonObject) : received.roots.get(schema)
      if (!found) throw new Error('A schema is used that was not announced.')
      return found
    },
    components: Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Objects, unions and enumerations are worth a name of their own; the first export of one gives it. */
function namesOfContracts(): Map<z.ZodType, string> {
  const names = new Map<z.ZodType, string>()
  const taken = new Set<string>()
  for (const [exported, schema] of CONTRACTS.flatMap((contract) => Object.entries(contract))) {
    if (!(schema instanceof z.ZodObject || schema instanceof z.ZodUnion || schema instanceof z.ZodEnum) || names.has(schema))
      continue
    const name = `${exported.charAt(0).toUpperCase()}${exported.slice(1)}`
    if (taken.has(name)) throw new Error(`Two contracts export ${exported}: name one of them otherwise.`)
    taken.add(name)
    names.set(schema, name)
  }
  return names
}

function converted(wanted: readonly z.ZodType[], names: ReadonlyMap<z.ZodType, string>, comments: Comments, io: Direction) {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const anonymous = new Map<z.ZodType, string>()
  for (const schema of wanted) {
    if (names.has(schema) || anonymous.has(schema)) continue
    anonymous.set(schema, `anonymous ${anonymous.size}`)
    registry.add(schema, { id: `anonymous ${anonymous.size - 1}` })
  }
  const { schemas } = z.toJSONSchema(registry, {
    io,
    target: 'draft-2020-12',
    uri: (id) => `${PREFIX}${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      withoutNoise(jsonSchema)
      const text = names.has(zodSchema as unknown as z.ZodType) ? comments.ofSchema(zodSchema) : undefined
      if (text !== undefined) jsonSchema.description ??= text
      if (zodSchema instanceof z.ZodObject) jsonSchema[TEXTS] = textsOf(zodSchema, comments)
      if (io === 'output') delete jsonSchema.default
      if (jsonSchema.type !== 'object' || !jsonSchema.properties) return
      if (io === 'input') jsonSchema.additionalProperties ??= false
      else if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
  const plain = new Map(
    Object.entries(schemas).map(([id, schema]) => [id, cleaned(withTexts(schema as unknown as JsonObject) as JsonObject)]),
  )
  const roots = new Map<z.ZodType, JsonObject>()
  for (const schema of wanted) {
    const name = names.get(schema)
    roots.set(schema, name ? { $ref: `${PREFIX}${name}` } : (plain.get(anonymous.get(schema) ?? '') ?? {}))
  }
  return { roots, components: reachable([...roots.values()], plain) }
}

/** A note on an object until it is a tree: before, a schema that is used in many places is one JSON object in all of them. */
const TEXTS = 'x-field-texts'

function textsOf(object: z.ZodObject, comments: Comments): JsonObject {
  const texts = Object.keys(object.shape).map((name) => [name, comments.ofField(object, name)] as const)
  return Object.fromEntries(texts.filter((text): text is [string, string] => text[1] !== undefined))
}

/** Takes the notes off, and writes them to the fields. */
function withTexts(schema: Json): Json {
  if (schema === null || typeof schema !== 'object') return schema
  if (Array.isArray(schema)) return schema.map(withTexts)
  const { [TEXTS]: texts, ...rest } = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withTexts(value)]))
  for (const [name, description] of Object.entries((texts ?? {}) as Record<string, string>)) {
    const properties = rest['properties'] as Record<string, JsonObject>
    properties[name] = { description, ...properties[name] }
  }
  return rest
}

/** A format that JSON Schema knows says what its pattern spells out; others are only the pattern. Every integer is a safe one. */
function withoutNoise(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.format !== undefined) {
    if (FORMATS.has(schema.format)) delete schema.pattern
    else delete schema.format
  }
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}

/** Those that JSON Schema knows (validation vocabulary, section 7.3). */
const FORMATS = new Set(['date-time', 'uri', 'ipv4', 'ipv6', 'email', 'uuid'])

/** Without what only a schema that stands alone needs. */
function cleaned(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !['$schema', '$id', 'id'].includes(key)))
}

function referencesOf(schema: Json): string[] {
  if (schema === null || typeof schema !== 'object') return []
  if (Array.isArray(schema)) return schema.flatMap(referencesOf)
  return Object.entries(schema).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? value.slice(PREFIX.length) : referencesOf(value),
  )
}

function reachable(roots: readonly JsonObject[], schemas: ReadonlyMap<string, JsonObject>): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  const waiting = roots.flatMap(referencesOf)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    const schema = schemas.get(name)
    if (!schema) throw new Error(`There is no schema ${name}.`)
    found.set(name, schema)
    waiting.push(...referencesOf(schema))
  }
  return found
}

/** Which of the components are not the same sent and received, be it only by what they refer to. */
function differingOf(names: readonly string[], sent: ReadonlyMap<string, JsonObject>, received: ReadonlyMap<string, JsonObject>) {
  const open = (schema: JsonObject | undefined): string =>
    JSON.stringify(schema, (key, value: unknown) => (key === 'additionalProperties' && value === false ? undefined : value))
  const differing = new Set(names.filter((name) => open(sent.get(name)) !== open(received.get(name))))
  for (let before = -1; before !== differing.size;) {
    before = differing.size
    for (const name of names) {
      if (referencesOf(sent.get(name) ?? {}).some((other) => differing.has(other))) differing.add(name)
    }
  }
  return differing
}

function renamed(schema: Json, rename: (name: string) => string): Json {
  if (schema === null || typeof schema !== 'object') return schema
  if (Array.isArray(schema)) return schema.map((one) => renamed(one, rename))
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      key === '$ref' && typeof value === 'string'
        ? [key, `${PREFIX}${rename(value.slice(PREFIX.length))}`]
        : [key, renamed(value, rename)],
    ),
  )
}
