import { html, type Html } from './html.ts'
import { inline } from './text.ts'
import type { SchemaObject } from './types.ts'

/** What a value is, in a few words: `array of Attempt`, `integer, 1–200`, `"a" or "b"`. */
export function typeOf(schema: SchemaObject): Html {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? ''
    return html`<a href="#schema-${name}">${name}</a>`
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.enum) return or(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`))
  const variants = schema.anyOf ?? schema.oneOf
  if (variants) {
    const shapes = variants.filter((variant) => variant.properties)
    const others = variants.filter((variant) => !variant.properties)
    return or([
      ...(shapes.length > 0 ? [shapes.length > 1 ? html`object, of one of these kinds` : html`object`] : []),
      ...others.map(typeOf),
    ])
  }
  if (schema.prefixItems) return html`[${schema.prefixItems.map((item, index) => html`${index > 0 ? ', ' : ''}${typeOf(item)}`)}]`
  const types = [schema.type ?? 'any value'].flat()
  return or(types.map((type) => ofType(type, schema)))
}

function ofType(type: string, schema: SchemaObject): Html {
  if (type === 'array') return html`array of ${typeOf(schema.items ?? {})}${limits(schema)}`
  if (type === 'object' && !schema.properties && typeof schema.additionalProperties === 'object') {
    return html`object, each value: ${typeOf(schema.additionalProperties)}`
  }
  return html`${type}${type === 'null' ? '' : limits(schema)}`
}

function or(parts: Html[]): Html {
  return html`${parts.map((part, index) => html`${index === 0 ? '' : ' or '}${part}`)}`
}

function limits({
  type,
  format,
  pattern,
  minimum,
  exclusiveMinimum,
  maximum,
  minLength,
  maxLength,
  minItems,
  maxItems,
}: SchemaObject): Html {
  // The next whole number is one more; of others there is none.
  const first = exclusiveMinimum !== undefined && type === 'integer' ? exclusiveMinimum + 1 : undefined
  const words = [
    format && FORMATS[format],
    exclusiveMinimum !== undefined && first === undefined ? `above ${shown(exclusiveMinimum)}` : undefined,
    range(minimum ?? first, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' items'),
  ].filter((word) => word !== undefined && word !== '')
  return html`${words.map((word) => `, ${word}`)}${pattern && !format ? html`, ${PATTERNS[pattern] ?? html`<code>${pattern}</code>`}` : ''}`
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'RFC 3339',
  uri: 'URI',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
}

const shown = (value: number): string => value.toLocaleString('en')

const PATTERNS: Readonly<Record<string, string>> = {
  '^[a-z0-9][a-z0-9-]{0,63}$': 'lower-case letters, digits and dashes',
}

function range(from: number | undefined, to: number | undefined, unit: string): string | undefined {
  if (from === undefined && to === undefined) return undefined
  if (to === undefined && from === 1 && unit !== '') return 'not empty'
  if (to === undefined) return from === 0 && unit !== '' ? undefined : `at least ${shown(from!)}${unit}`
  if (from === undefined) return `at most ${shown(to)}${unit}`
  return `${shown(from)}–${shown(to)}${unit}`
}

/** The fields of an object, nested ones below; of a union, each variant's. */
export function fieldsOf(schema: SchemaObject): Html {
  const variants = (schema.anyOf ?? schema.oneOf ?? []).filter((variant) => variant.properties)
  if (variants.length > 0) {
    return html`${variants.map(
      (variant, index) =>
        html`<p class="variant">${index === 0 ? 'Either' : 'Or'}</p>
          ${fieldsOf(variant)}`,
    )}`
  }
  if (schema.type === 'array' && schema.items) return fieldsOf(schema.items)
  if (!schema.properties) return ''
  return html`<ul class="fields">
    ${Object.entries(schema.properties).map(([name, field]) => fieldOf(name, field, schema.required?.includes(name) ?? false))}
  </ul>`
}

function fieldOf(name: string, field: SchemaObject, required: boolean): Html {
  const fallback = field.default === undefined ? '' : html`; default <code>${JSON.stringify(field.default)}</code>`
  return html`<li>
    <code class="name">${name}</code> <span class="type">${typeOf(field)}${required ? '' : html`; optional`}${fallback}</span>
    ${field.description ? html`<div class="about">${inline(field.description)}</div>` : ''}${fieldsOf(field)}
  </li>`
}
