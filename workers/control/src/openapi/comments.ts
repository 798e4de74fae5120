import { globSync, readFileSync } from 'node:fs'
import { parseSync } from 'vite'
import * as z from 'zod'
import { CONTRACTS } from './contracts.ts'

/**
 * What the contracts say of their fields in doc comments, so that it stands once. Comments are read from the source, and laid beside
 * the schemas that the source makes.
 */
export interface Comments {
  ofSchema(schema: z.core.$ZodType): string | undefined
  ofField(object: z.ZodObject, name: string): string | undefined
}

const FOLDER = new URL('../../../../packages/shared/src/contracts/', import.meta.url).pathname

/** As much of the syntax tree (https://github.com/estree/estree) as is looked at. */
interface Node {
  type: string
  start: number
  name?: string
  key?: Node
  value?: Node
  id?: Node
  init?: Node | null
  callee?: Node
  object?: Node
  property?: Node
  arguments?: Node[]
  elements?: Node[]
  properties?: Node[]
  declaration?: Node | null
  declarations?: Node[]
  argument?: Node
}

interface Constant {
  declared: Node
  statement: Node
  source: Source
}

interface Source {
  constants: Map<string, Constant>
  commentBefore(position: number): string | undefined
}

/** Reads the comments of every contract. */
export function readComments(): Comments {
  const schemas = new Map<unknown, string>()
  const fields = new Map<unknown, string>()
  const places = new Map<unknown, Map<string, string>>()
  const exported = new Map(
    CONTRACTS.flatMap((contract) => Object.entries(contract)).filter(([, value]) => value instanceof z.ZodType),
  )

  const sources = globSync('*.ts', { cwd: FOLDER, exclude: ['*.test.ts'] }).map((file) =>
    parse(readFileSync(`${FOLDER}${file}`, 'utf8')),
  )
  const constants = new Map(sources.flatMap((source) => [...source.constants]))
  for (const [name, { declared, statement, source }] of constants) {
    const schema = exported.get(name) as z.ZodType | undefined
    if (!schema || !declared.init) continue
    const text = source.commentBefore(statement.start)
    if (text !== undefined) schemas.set(schema, text)
    visit(declared.init, schema, source)
  }

  /** Lays an expression beside the schema that it makes. */
  function visit(node: Node, schema: z.ZodType, source: Source): void {
    const made = insideOf(schema)
    if (node.type === 'Identifier') {
      const constant = source.constants.get(node.name ?? '') ?? constants.get(node.name ?? '')
      if (constant?.declared.init) visit(constant.declared.init, made, constant.source)
    }
    if (node.type === 'ObjectExpression' && made instanceof z.ZodObject) visitFields(node, made, source)
    if (node.type !== 'CallExpression') return
    const method = node.callee?.property?.name ?? ''
    const last = node.arguments?.at(-1)
    const shape = node.arguments?.find(({ type }) => type === 'ObjectExpression')
    if (OBJECTS.has(method) && shape && made instanceof z.ZodObject) visitFields(shape, made, source)
    if (UNIONS.has(method) && last && made instanceof z.ZodUnion) {
      const list = node.arguments?.find(({ type }) => type === 'ArrayExpression')
      for (const [index, element] of (list?.elements ?? []).entries()) visit(element, made.options[index] as z.ZodType, source)
      return
    }
    // `z.array(item)`, or `item.array()`
    if (WRAPPERS.has(method) && last) visit(last, made, source)
    else if (node.callee?.object) visit(node.callee.object, made, source)
  }

  function visitFields(node: Node, object: z.ZodObject, source: Source): void {
    for (const { key, value, start, argument } of node.properties ?? []) {
      // `...provider.shape`, or `...changed`
      if (argument) visit(argument.object ?? argument, object, source)
      const field = object.shape[key?.name ?? ''] as z.ZodType | undefined
      if (!key?.name || !value || !field) continue
      const text = source.commentBefore(start)
      // What is only named here is shared with other places: the comment is about this one.
      if (text !== undefined && value.type !== 'CallExpression') {
        places.set(object, (places.get(object) ?? new Map<string, string>()).set(key.name, text))
      } else if (text !== undefined) fields.set(field, text)
      visit(value, field, source)
    }
  }

  return {
    ofSchema: (schema) => schemas.get(schema),
    ofField(object, name) {
      for (let field: unknown = object.shape[name]; field instanceof z.ZodType; field = wrapped(field)) {
        const text = fields.get(field)
        if (text !== undefined) return text
      }
      return places.get(object)?.get(name)
    },
  }
}

const OBJECTS = new Set(['object', 'strictObject', 'looseObject', 'extend', 'safeExtend'])
const UNIONS = new Set(['union', 'discriminatedUnion'])
const WRAPPERS = new Set(['array', 'nullable', 'optional', 'record', 'union'])

const wrapped = (schema: z.ZodType): unknown =>
  schema instanceof z.ZodOptional ||
  schema instanceof z.ZodNullable ||
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault
    ? schema.unwrap()
    : undefined

/** The object or union that a schema is made around. */
function insideOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodArray) return insideOf(schema.element as z.ZodType)
  if (schema instanceof z.ZodRecord) return insideOf(schema.valueType as z.ZodType)
  const inner = wrapped(schema)
  return inner instanceof z.ZodType ? insideOf(inner) : schema
}

function parse(text: string): Source {
  const { program, comments } = parseSync('contract.ts', text)
  const constants = new Map<string, Constant>()
  const source: Source = {
    constants,
    commentBefore(position) {
      const found = comments.findLast(({ end }) => end <= position)
      if (!found?.value.startsWith('*') || text.slice(found.end, position).trim() !== '') return undefined
      return found.value
        .replaceAll(/^\s*\*+\s?/gm, '')
        .replaceAll(/\s+/g, ' ')
        .trim()
    },
  }
  for (const statement of program.body as unknown as Node[]) {
    const declaration = statement.declaration ?? statement
    for (const declared of declaration.declarations ?? []) {
      if (declared.id?.name) constants.set(declared.id.name, { declared, statement, source })
    }
  }
  return source
}
