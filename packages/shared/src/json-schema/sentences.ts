import type { OutputUnit } from '@cfworker/json-schema'
import type { Issue } from '../core/errors.ts'
import { isObject } from '../core/is-object.ts'
import { MAX_ISSUES } from './constants.ts'
import { CHECKED_FORMAT, type Prepared, type Schema } from './prepare.ts'

/** These only say that something inside them was wrong, which is told by itself. */
const WRAPPERS: ReadonlySet<string> = new Set([
  '$ref',
  'allOf',
  'if',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'dependentSchemas',
  'prefixItems',
  'items',
  'unevaluatedItems',
])
/** What is inside these was only tried. */
const TRIED: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'contains', 'propertyNames'])

/** What the validator found, as sentences for whoever sent the value. Paths are dotted, and empty for the whole value. */
export function sentences(errors: readonly OutputUnit[], prepared: Prepared): Issue[] {
  const issues = new Map<string, Issue>()
  const tried: string[] = []
  for (const error of errors) {
    if (issues.size >= MAX_ISSUES) break
    if (tried.some((location) => error.keywordLocation.startsWith(`${location}/`))) continue
    if (TRIED.has(error.keyword)) tried.push(error.keywordLocation)
    if (WRAPPERS.has(error.keyword)) continue
    const issue = sentence(error, prepared)
    issues.set(`${issue.path}\n${issue.message}`, issue)
  }
  return [...issues.values()]
}

function sentence({ keyword, keywordLocation, instanceLocation, error }: OutputUnit, prepared: Prepared): Issue {
  const path = dotted(instanceLocation)
  const value = keywordAt(prepared.schema, keywordLocation)
  const issue = (message: string): Issue => ({ path, message })
  switch (keyword) {
    case 'required': {
      const [, name = ''] = /property "([^]*)"\.$/.exec(error) ?? []
      return { path: path === '' ? name : `${path}.${name}`, message: 'is missing' }
    }
    case 'type': {
      const [, actual = 'something else'] = /^Instance type "(\w+)"/.exec(error) ?? []
      return issue(`is ${actual}, and must be ${list(value)}`)
    }
    case 'enum':
      return issue(`must be one of ${short(list(value))}`)
    case 'const':
      return issue(`must be ${short(JSON.stringify(value))}`)
    case 'false':
      return issue('is not a known field')
    case 'format':
      return issue(formatSentence(value, prepared))
    case 'propertyNames': {
      const [, name = ''] = /^Property name "([^]*)" does/.exec(error) ?? []
      return issue(`must not have a field “${name}”: such names are not allowed`)
    }
    case 'dependentRequired': {
      const [, name = '', missing = ''] = /^Instance has "([^]*)" but does not have "([^]*)"\.$/.exec(error) ?? []
      return issue(`has “${name}”, and so must have “${missing}”`)
    }
    case 'uniqueItems': {
      const [, first = '', second = ''] = /indexes (\d+) and (\d+)/.exec(error) ?? []
      return issue(`has the same item at ${first} and ${second}`)
    }
    default:
      return issue(counted(keyword, value))
  }
}

function counted(keyword: string, value: unknown): string {
  const n = String(value)
  const known: Record<string, string> = {
    minLength: `must have at least ${n} characters`,
    maxLength: `must have at most ${n} characters`,
    minimum: `must be at least ${n}`,
    maximum: `must be at most ${n}`,
    exclusiveMinimum: `must be more than ${n}`,
    exclusiveMaximum: `must be less than ${n}`,
    multipleOf: `must be a multiple of ${n}`,
    minItems: `must have at least ${n} items`,
    maxItems: `must have at most ${n} items`,
    minProperties: `must have at least ${n} fields`,
    maxProperties: `must have at most ${n} fields`,
    minContains: `must have at least ${n} items of the kind that the schema asks for`,
    maxContains: `must have at most ${n} items of the kind that the schema names`,
    contains: 'must have an item of the kind that the schema asks for',
    not: 'must not be of the kind that the schema excludes',
    anyOf: 'is of none of the kinds that the schema allows',
    oneOf: 'must be of exactly one of the kinds that the schema names',
  }
  return Object.hasOwn(known, keyword) ? known[keyword]! : `does not meet “${keyword}” of the schema`
}

function formatSentence(format: unknown, { patterns }: Prepared): string {
  const name = String(format)
  const pattern = patterns.get(name)
  if (pattern) return `must match the pattern ${short(pattern.source)}`
  return `must be a valid ${name.slice(CHECKED_FORMAT.length)}`
}

/** The value of the keyword that failed, along references. */
function keywordAt(schema: Schema, location: string): unknown {
  let at: unknown = schema
  for (const part of parts(location)) {
    if (!isObject(at) && !Array.isArray(at)) return undefined
    const next = (at as Record<string, unknown>)[part]
    at = part === '$ref' && typeof next === 'string' ? target(schema, next) : next
  }
  return at
}

function target(schema: Schema, ref: string): unknown {
  if (ref === '#' || ref.startsWith('#/')) return keywordAt(schema, ref)
  return anchored(schema, ref.slice(1))
}

function anchored(schema: unknown, name: string): unknown {
  if (typeof schema !== 'object' || schema === null) return undefined
  if (isObject(schema) && schema.$anchor === name) return schema
  for (const inner of Object.values(schema)) {
    const found = anchored(inner, name)
    if (found !== undefined) return found
  }
  return undefined
}

function dotted(pointer: string): string {
  return parts(pointer).join('.')
}

function parts(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function list(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  return value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ')
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
