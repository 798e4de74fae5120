import type { Issue } from '../core/errors.ts'
import { isObject } from '../core/is-object.ts'
import { COMPARISONS_PER_STEP, MAX_SCHEMA_DEPTH, MAX_SCHEMAS } from './constants.ts'
import { ANNOTATIONS, FORMATS, INNER, MAPS, SAME_VALUE, SAME_VALUE_LISTS, VALUES } from './keywords.ts'
import { parsePattern, type Pattern } from './pattern.ts'
import { charge, type Work } from './work.ts'

export type Schema = boolean | { [keyword: string]: unknown }

/** A schema as the validator gets it: a copy that counts its work, in which patterns are formats of their own. */
export interface Prepared {
  schema: Schema
  work: Work
  /** By the name of the format that stands for them. */
  patterns: Map<string, Pattern & { source: string }>
  hasUniqueItems: boolean
}

/** Where a format comes from that is checked within bounds. */
export const CHECKED_FORMAT = 'checked:'
/** `ordinal` keeps formats of different schemas apart: the validator has one list of formats for all. */
export const patternFormat = (ordinal: number, index: number): string => `pattern:${ordinal}:${index}`

type Path = readonly (string | number)[]

/** What a walk through one schema collects. */
class Walk {
  readonly issues: Issue[] = []
  readonly patterns: Prepared['patterns'] = new Map()
  readonly work: Work = { steps: 0 }
  /** By JSON pointer and by `#anchor`. */
  readonly targets = new Set<string>()
  readonly refs: { from: string; to: string; path: Path }[] = []
  /** From a schema to those that are applied to the same value. */
  readonly same = new Map<string, string[]>()
  hasUniqueItems = false
  schemas = 0
  readonly ordinal: number

  constructor(ordinal: number) {
    this.ordinal = ordinal
  }

  refuse(path: Path, message: string): void {
    this.issues.push({ path: path.join('.'), message })
  }
}

/** Checks a schema and copies what is understood of it. `issues` is empty where it can be used. */
export function prepareSchema(schema: unknown, ordinal: number): Prepared & { issues: Issue[] } {
  const walk = new Walk(ordinal)
  const prepared = visit(walk, schema, [], 0)
  for (const { from, to, path } of walk.refs) {
    if (!walk.targets.has(to))
      walk.refuse(path, `“${to}” leads to no schema here; references are “#”, “#/$defs/name” or “#anchor”`)
    else walk.same.get(from)?.push(to)
  }
  if (walk.issues.length === 0 && hasLoop(walk.same))
    walk.refuse([], 'a reference leads back to itself without going into the value')
  const { issues, patterns, work, hasUniqueItems } = walk
  return { schema: prepared, issues, patterns, work, hasUniqueItems }
}

function visit(walk: Walk, schema: unknown, path: Path, depth: number): Schema {
  const pointer = pointerOf(path)
  walk.targets.add(pointer)
  walk.same.set(pointer, [])
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema)) {
    walk.refuse(path, 'a schema is an object, true or false')
    return true
  }
  if (++walk.schemas === MAX_SCHEMAS + 1) walk.refuse(path, `the schema has more than ${MAX_SCHEMAS} schemas in it`)
  if (depth > MAX_SCHEMA_DEPTH) walk.refuse(path, `schemas are nested more than ${MAX_SCHEMA_DEPTH} deep`)
  if (walk.schemas > MAX_SCHEMAS || depth > MAX_SCHEMA_DEPTH) return true
  const copy: Exclude<Schema, boolean> = {}
  for (const [keyword, value] of Object.entries(schema)) copyKeyword(walk, copy, keyword, value, path, depth)
  countWork(copy, walk.work)
  return copy
}

function copyKeyword(
  walk: Walk,
  copy: Exclude<Schema, boolean>,
  keyword: string,
  value: unknown,
  path: Path,
  depth: number,
): void {
  const at = [...path, keyword]
  const own = pointerOf(path)
  if (hasHalfNames(keyword, value)) return walk.refuse(at, 'has a name with half a surrogate pair in it')
  const isValid = Object.hasOwn(VALUES, keyword) ? VALUES[keyword] : undefined
  if (isValid) {
    if (!isValid(value)) return walk.refuse(at, `“${keyword}” cannot have this value`)
    if (keyword === 'uniqueItems' && value === true) walk.hasUniqueItems = true
    copy[keyword] = value
  } else if (includes(SAME_VALUE, keyword) || includes(INNER, keyword)) {
    copy[keyword] = visit(walk, value, at, depth + 1)
    if (includes(SAME_VALUE, keyword)) walk.same.get(own)?.push(pointerOf(at))
  } else if (includes(SAME_VALUE_LISTS, keyword) || keyword === 'prefixItems') {
    if (!Array.isArray(value) || value.length === 0) return walk.refuse(at, `“${keyword}” is a list of schemas`)
    // Patterns may have put something there already: pointers count from the beginning.
    const before = Array.isArray(copy[keyword]) ? (copy[keyword] as unknown[]) : []
    copy[keyword] = [...value.map((one, i) => visit(walk, one, [...at, i], depth + 1)), ...before]
    if (keyword !== 'prefixItems') walk.same.get(own)?.push(...value.map((_, i) => pointerOf([...at, i])))
  } else if (includes(MAPS, keyword)) {
    if (!isObject(value)) return walk.refuse(at, `“${keyword}” is an object of schemas`)
    const entries = Object.entries(value)
    if (keyword === 'patternProperties') for (const [source] of entries) checkName(walk, source, at)
    copy[keyword] = Object.fromEntries(entries.map(([name, one]) => [name, visit(walk, one, [...at, name], depth + 1)]))
    if (keyword === 'dependentSchemas') walk.same.get(own)?.push(...entries.map(([name]) => pointerOf([...at, name])))
  } else copyText(walk, copy, keyword, value, path)
}

/** The validator finds what stands under a name by encoding it. */
function hasHalfNames(keyword: string, value: unknown): boolean {
  const named = includes(MAPS, keyword) || keyword === 'dependentRequired'
  return named && isObject(value) && !Object.keys(value).every((name) => name.isWellFormed())
}

/** Keywords whose value is a text, and those that are not taken. */
function copyText(walk: Walk, copy: Exclude<Schema, boolean>, keyword: string, value: unknown, path: Path): void {
  const at = [...path, keyword]
  if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) return
  if (typeof value !== 'string') return walk.refuse(at, `“${keyword}” is not known, or not with this value`)
  switch (keyword) {
    case '$schema':
      if (!/^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(value))
        walk.refuse(at, 'only draft 2020-12 is understood')
      return
    case '$id':
      if (path.length > 0) walk.refuse(at, 'only the whole schema may have an $id')
      return
    case '$anchor':
      copy.$anchor = value
      walk.targets.add(`#${value}`)
      walk.same.set(`#${value}`, [pointerOf(path)])
      return
    case '$ref':
      copy.$ref = value
      walk.refs.push({ from: pointerOf(path), to: normalised(value), path: at })
      return
    case 'format':
      if (includes(FORMATS, value)) copy.format = `${CHECKED_FORMAT}${value}`
      return
    case 'pattern':
      copyPattern(walk, copy, value, at)
      return
    default:
      walk.refuse(at, `“${keyword}” is not known`)
  }
}

/** The validator would give a pattern to the backtracking engine: as a format it comes to ours. */
function copyPattern(walk: Walk, copy: Exclude<Schema, boolean>, source: string, at: Path): void {
  const pattern = parsePattern(source)
  if (!pattern.ok) return walk.refuse(at, pattern.error)
  const format = patternFormat(walk.ordinal, walk.patterns.size)
  walk.patterns.set(format, { ...pattern.value, source })
  copy.allOf = [...(Array.isArray(copy.allOf) ? (copy.allOf as unknown[]) : []), { format }]
}

/** The validator tries the names of a value on these by itself, with the backtracking engine. */
function checkName(walk: Walk, source: string, at: Path): void {
  const pattern = parsePattern(source)
  if (!pattern.ok) walk.refuse([...at, source], pattern.error)
  else if (!pattern.value.simple) {
    const hint = 'a pattern of names begins with ^, repeats no group, and has one repetition of variable length at most'
    walk.refuse([...at, source], hint)
  }
}

/** The validator looks this keyword up in every schema that it applies to a value; 2020-12 has no use for it. */
function countWork(copy: Exclude<Schema, boolean>, work: Work): void {
  const sizes = [copy.enum, copy.required, copy.properties, copy.dependentRequired, copy.dependentSchemas]
  const compared = sizes.reduce<number>((sum, one) => sum + (isObject(one) ? Object.keys(one).length : lengthOf(one)), 0)
  const patterns = isObject(copy.patternProperties) ? Object.keys(copy.patternProperties).length : 0
  const steps = 1 + compared / COMPARISONS_PER_STEP + 4 * patterns
  Object.defineProperty(copy, '$recursiveAnchor', { enumerable: false, get: () => charge(work, steps) })
}

function hasLoop(edges: ReadonlyMap<string, readonly string[]>): boolean {
  const state = new Map<string, 'open' | 'done'>()
  const loops = (node: string): boolean => {
    if (state.get(node) === 'done') return false
    if (state.get(node) === 'open') return true
    state.set(node, 'open')
    const found = (edges.get(node) ?? []).some(loops)
    state.set(node, 'done')
    return found
  }
  return [...edges.keys()].some(loops)
}

function pointerOf(path: Path): string {
  return `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`
}

function normalised(ref: string): string {
  try {
    return decodeURIComponent(ref)
  } catch {
    return ref
  }
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes(value)
}
