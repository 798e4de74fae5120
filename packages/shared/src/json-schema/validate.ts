import { format as formats, Validator } from '@cfworker/json-schema'
import type { Issue } from '../core/errors.ts'
import { MAX_JSON_DEPTH } from '../core/json-depth.ts'
import {
  COMPARED_PER_STEP,
  MAX_FORMATTED_LENGTH,
  MAX_INPUT_LENGTH,
  MAX_ISSUES,
  MAX_SCHEMA_LENGTH,
  MAX_STEPS,
} from './constants.ts'
import { FORMATS } from './keywords.ts'
import { matchPattern } from './match-pattern.ts'
import { CHECKED_FORMAT, type Prepared, prepareSchema } from './prepare.ts'
import { sentences } from './sentences.ts'
import { charge, TooMuchWork } from './work.ts'

/** Schemas of an isolate that are ready, by their text. Configuration has few. */
const ready = new Map<string, Ready>()
const MAX_READY = 256
/** The text of a schema that is part of a configuration, and comes again and again. */
const texts = new WeakMap<object, string>()
let ordinal = 0

for (const name of FORMATS) {
  const isValid = formats[name]
  if (!isValid) throw new Error(`the validator has no format ${name}`)
  formats[`${CHECKED_FORMAT}${name}`] = (text) => text.length <= MAX_FORMATTED_LENGTH && isValid(text)
}

/**
 * What keeps a JSON Schema (draft 2020-12) from being used, a sentence each; none: it can be. Refused is what cannot be bounded
 * or would not be understood: schemas from elsewhere, references that lead nowhere or round in circles, unknown keywords, and
 * patterns that an automaton cannot match. Paths are dotted and lead into the schema.
 */
export function checkSchema(schema: unknown): Issue[] {
  return [...readyOf(schema).issues].slice(0, MAX_ISSUES)
}

/**
 * What of an input does not meet a schema, a sentence each. Paths are dotted, and empty for the whole input. An input that is too
 * large or too laborious to be checked does not meet it. Never throws.
 */
export function validateInput(schema: unknown, input: unknown): Issue[] {
  const { prepared, validator, issues } = readyOf(schema)
  if (issues.length > 0) return [{ path: '', message: `cannot be checked: the schema itself is wrong (${issues[0]?.message})` }]
  const { work } = prepared
  work.steps = 0
  try {
    const unusable = survey(input, { prepared, length: 0 }, '', 0)
    if (unusable) return [unusable]
    return sentences(validator.validate(input ?? null).errors, prepared)
  } catch (error) {
    if (error instanceof TooMuchWork || error instanceof RangeError) {
      return [{ path: '', message: `takes more than ${MAX_STEPS} steps to be checked: it is too large for its schema` }]
    }
    throw error
  }
}

interface Ready {
  prepared: Prepared
  validator: Validator
  issues: readonly Issue[]
}

function readyOf(schema: unknown): Ready {
  const text = textOf(schema)
  const known = ready.get(text)
  if (known) return known
  const { issues, ...prepared } = prepare(text)
  for (const [name, pattern] of issues.length > 0 ? [] : prepared.patterns) {
    formats[name] = (value) => matchPattern(pattern, value, prepared.work)
  }
  const made = { prepared, validator: new Validator(issues.length > 0 ? true : prepared.schema, '2020-12', false), issues }
  for (const [oldest, { prepared: old }] of ready) {
    if (ready.size < MAX_READY) break
    ready.delete(oldest)
    for (const name of old.patterns.keys()) delete formats[name]
  }
  ready.set(text, made)
  return made
}

function prepare(text: string): ReturnType<typeof prepareSchema> {
  if (text.length <= MAX_SCHEMA_LENGTH && text !== '') return prepareSchema(JSON.parse(text) as unknown, ++ordinal)
  const issues = [{ path: '', message: `a schema is JSON of at most ${MAX_SCHEMA_LENGTH} characters` }]
  return { ...prepareSchema(true, ++ordinal), issues }
}

function textOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return JSON.stringify(schema) ?? ''
  const known = texts.get(schema)
  if (known !== undefined) return known
  const text = JSON.stringify(schema)
  texts.set(schema, text)
  return text
}

interface Survey {
  prepared: Prepared
  /** Characters of JSON so far, about. */
  length: number
}

/** What the validator cannot be given: it finds names by encoding them, and compares every item with every other. */
function survey(value: unknown, soFar: Survey, path: string, depth: number): Issue | undefined {
  soFar.length += typeof value === 'string' ? value.length + 3 : 2
  if (soFar.length > MAX_INPUT_LENGTH) return { path: '', message: `is longer than ${MAX_INPUT_LENGTH} characters of JSON` }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= MAX_JSON_DEPTH) return { path, message: `is nested more than ${MAX_JSON_DEPTH} deep` }
  for (const [name, inner] of Object.entries(value)) {
    if (!name.isWellFormed()) return { path, message: 'has a name with half a surrogate pair in it' }
    if (!Array.isArray(value)) soFar.length += name.length + 3
    const found = survey(inner, soFar, path === '' ? name : `${path}.${name}`, depth + 1)
    if (found) return found
  }
  // Inside out, so that what is nested too deep is refused before it is counted.
  const { hasUniqueItems, work } = soFar.prepared
  if (hasUniqueItems && Array.isArray(value)) charge(work, (value.length * sizeOf(value)) / COMPARED_PER_STEP)
  return undefined
}

/** How many values there are in a value. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((size, inner) => size + sizeOf(inner), 1)
}
