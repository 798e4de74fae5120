/** What JSON Schema 2020-12 (https://json-schema.org/draft/2020-12) has, as far as it is understood here. */
import { isObject } from '../core/is-object.ts'

/** A schema, applied to the same value. */
export const SAME_VALUE = ['not', 'if', 'then', 'else'] as const
/** Several, applied to the same value. */
export const SAME_VALUE_LISTS = ['allOf', 'anyOf', 'oneOf'] as const
/** A schema, applied to what is inside the value. */
export const INNER = [
  'items',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
] as const
/** Schemas by name. Those of `dependentSchemas` are applied to the same value. */
export const MAPS = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'] as const

/** What else is copied, and the type it must have. */
export const VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => (Array.isArray(value) ? value.length > 0 && value.every(isType) : isType(value)),
  enum: (value) => Array.isArray(value) && value.length > 0,
  const: () => true,
  required: isNames,
  dependentRequired: (value) => isObject(value) && Object.values(value).every(isNames),
  minProperties: isCount,
  maxProperties: isCount,
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: (value) => typeof value === 'boolean',
  minContains: isCount,
  maxContains: isCount,
  minLength: isCount,
  maxLength: isCount,
  minimum: Number.isFinite,
  maximum: Number.isFinite,
  exclusiveMinimum: Number.isFinite,
  exclusiveMaximum: Number.isFinite,
  multipleOf: (value) => Number.isFinite(value) && (value as number) > 0,
}

/** Understood and without an effect. Formats that are not known are, as the specification says, annotations too. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
])

/** The formats that are checked. */
export const FORMATS = [
  'date',
  'time',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
  'json-pointer',
] as const

const TYPES: readonly unknown[] = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']

function isType(value: unknown): boolean {
  return TYPES.includes(value)
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}
