import { dereference, type OutputUnit, type Schema, validate } from '@cfworker/json-schema'
import document from '../openapi/openapi.json'
import { closed } from './closed.ts'

interface Media {
  schema: Schema
}
interface Operation {
  parameters?: { $ref?: string; name?: string; in?: string }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { $ref?: string; content?: Record<string, Media>; 'x-codes'?: string[] }>
}

const { paths, components } = document as unknown as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Schema; responses: Record<string, Operation['responses'][string]> }
}

const lookup = dereference({ components: { schemas: closed(components.schemas) } } as unknown as Schema)
const prepared = new Map<Schema, Schema>()

/** Inline schemas refer to components, so each gets a place beside them. */
function prepare(schema: Schema): Schema {
  const known = prepared.get(schema)
  if (known) return known
  const copy = closed(schema)
  dereference(copy, lookup, undefined, `/inline/${prepared.size}`)
  prepared.set(schema, copy)
  return copy
}

const patterns = Object.entries(paths).map(([template, operations]) => ({
  template,
  operations,
  pattern: new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  parameters: template.split('{').length,
}))

function findOperation(method: string, path: string) {
  const found = patterns
    .filter(({ pattern, operations }) => pattern.test(path) && operations[method.toLowerCase()])
    .toSorted((a, b) => a.parameters - b.parameters)[0]
  return found && { template: found.template, operation: found.operations[method.toLowerCase()]! }
}

/**
 * Holds what was asked and answered against the document: the status, the content type and the body must be described, and what was
 * accepted too. Paths that the document does not have are none of its business: they are answered 404.
 * @throws Error naming operation, status and place.
 */
export async function checkResponse(request: { method: string; url: string; body: unknown }, response: Response): Promise<void> {
  const { pathname, searchParams } = new URL(request.url)
  const found = findOperation(request.method, pathname)
  if (!found) return
  const fail = (what: string): never => {
    throw new Error(
      `${request.method} ${found.template} → ${response.status}: ${what}\nIs the contract wrong, the code, the description in workers/control/src/openapi/describe, or is openapi.json stale (pnpm generate:openapi)?`,
    )
  }
  const { operation } = found
  if (response.ok) checkAccepted(operation, request.body, searchParams, fail)
  const described = operation.responses[response.status]
  if (!described) return fail('the status is not described')
  const { content, 'x-codes': codes } = described.$ref ? components.responses[described.$ref.split('/').at(-1)!]! : described
  if (!content) return
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const media = content[type]
  if (!media) return fail(`the content type "${type}" is not described`)
  if (!type.endsWith('json')) return
  const body: unknown = await response.clone().json()
  const { code = '' } = body as { code?: string }
  if (codes && !codes.includes(code)) fail(`the code ${code} is not described`)
  const wrong = errorsOf(body, media.schema)
  if (wrong) fail(`the body is not as described: ${wrong}\n${JSON.stringify(body).slice(0, 2_000)}`)
}

function checkAccepted(operation: Operation, body: unknown, query: URLSearchParams, fail: (what: string) => never): void {
  const names = (operation.parameters ?? []).map(({ $ref, name }) => name ?? ($ref?.endsWith('/DryRun') ? 'dryRun' : ''))
  for (const name of query.keys())
    if (!names.includes(name)) fail(`the query parameter ${name} was accepted and is not described`)
  const json = typeof body === 'string' ? undefined : body
  if (json === undefined) return
  // What does not want a body leaves it alone.
  const schema = operation.requestBody?.content['application/json']?.schema
  if (!schema) return
  const wrong = errorsOf(JSON.parse(JSON.stringify(json)), schema)
  if (wrong) fail(`the request was accepted and is not as described: ${wrong}\n${JSON.stringify(json).slice(0, 2_000)}`)
}

/** The deepest of what is wrong says most. */
function errorsOf(value: unknown, schema: Schema): string | undefined {
  const { valid, errors } = validate(value, prepare(schema), '2020-12', lookup, false)
  if (valid) return undefined
  const deepest = (errors as OutputUnit[]).toSorted((a, b) => b.instanceLocation.length - a.instanceLocation.length)
  return deepest
    .slice(0, 3)
    .map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
    .join(' | ')
}
