import * as z from 'zod'
import type { Answer, Content, Description } from './description.ts'
import { problemsOf } from './errors.ts'
import { PATH_PARAMETERS, QUERY_PARAMETERS } from './parameters.ts'
import type { Json, JsonObject, Schemas } from './schemas.ts'

/** A route with its description. */
export interface DescribedRoute {
  method: string
  /** As the router has it, `/v1/jobs/:id`. */
  path: string
  /** One of them is enough; none: everybody, without a token. */
  roles: readonly string[]
  /** Whether it takes `If-Match` and `dryRun`. */
  changesConfig: boolean
  description: Description
}

/** `/v1/jobs/{id}` */
export const templateOf = (path: string): string => path.replaceAll(/:([a-zA-Z]+)/g, '{$1}')

/** An operation object (OpenAPI 3.1, section 4.8.10). */
export function toOperation(route: DescribedRoute, schemas: Schemas): JsonObject {
  const { method, path, roles, description } = route
  const { topic, summary, text, request } = description
  const open = roles.length === 0
  const about = [text, open ? 'Needs no token.' : `Needs the role ${roles.join(' or ')}.`]
  return dropUndefined({
    operationId: operationIdOf(method, path),
    tags: [topic],
    summary,
    description: about.filter((part) => part !== undefined).join('\n\n'),
    'x-required-roles': [...roles],
    security: open ? [] : undefined,
    parameters: parametersOf(route, schemas),
    requestBody: request && {
      required: !request.schema.safeParse({}).success,
      content: jsonContent(request, schemas),
    },
    responses: {
      ...problemsOf(route),
      ...Object.fromEntries(successesOf(route).map((answer) => [answer.status, toResponse(answer, schemas)])),
    },
  })
}

/** A dry run creates nothing, so it is answered 200. */
function successesOf({ changesConfig, description: { answer, other } }: DescribedRoute): Answer[] {
  const dryRun = changesConfig && answer.status === 201 ? [{ ...answer, status: 200 as const }] : []
  return [...dryRun, answer, ...(other ? [other] : [])]
}

function toResponse({ status, json, texts }: Answer, schemas: Schemas): JsonObject {
  const tagged = json?.schema instanceof z.ZodObject && 'etag' in json.schema.shape
  const headers = dropUndefined({
    ETag: tagged ? { $ref: '#/components/headers/ETag' } : undefined,
    Location: status === 201 && tagged ? { $ref: '#/components/headers/Location' } : undefined,
  })
  return dropUndefined({
    description: MEANINGS[status],
    headers: Object.keys(headers).length > 0 ? headers : undefined,
    content: json || Object.keys(texts).length > 0 ? contentOf(json, texts, schemas) : undefined,
  })
}

const contentOf = (json: Content | undefined, texts: Answer['texts'], schemas: Schemas): JsonObject => ({
  ...(json ? jsonContent(json, schemas) : {}),
  ...Object.fromEntries(Object.entries(texts).map(([type, example]) => [type, { schema: { type: 'string' }, example }])),
})

const MEANINGS = {
  200: 'Success.',
  201: 'Created.',
  202: 'Accepted: it is done in the background.',
  304: 'Not modified: what `If-None-Match` names is still so.',
  503: 'Out of service.',
} as const

const jsonContent = ({ schema, example }: Content, schemas: Schemas): JsonObject => ({
  'application/json': { schema: schemas.of(schema), example: example as Json },
})

/** `GET /v1/dead-letters/:id` → `getDeadLettersById`; stable as long as method and path are. */
function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/v1/, '')
    .split(/[/.-]/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word)))
  return `${method.toLowerCase()}${words.join('')}`
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

function parametersOf(route: DescribedRoute, schemas: Schemas): JsonObject[] | undefined {
  const segments = route.path.split('/')
  const inPath = segments.flatMap((segment, index) => {
    if (!segment.startsWith(':')) return []
    const explained = PATH_PARAMETERS[segments[index - 1] ?? '']
    if (!explained) throw new Error(`parameters.ts does not explain ${segment} of ${route.path}.`)
    const { text, example } = explained
    return { name: segment.slice(1), in: 'path', required: true, description: text, schema: { type: 'string' }, example }
  })
  const query = route.description.query
  const { properties = {}, required = [] } = query ? schemas.of(query) : {}
  const inQuery = Object.entries(properties as Record<string, JsonObject>).map(([name, { description, ...schema }]) =>
    dropUndefined({
      name,
      in: 'query',
      required: (required as string[]).includes(name) || undefined,
      description: description ?? QUERY_PARAMETERS[name],
      schema,
    }),
  )
  const ofChange = route.changesConfig
    ? [
        { $ref: '#/components/parameters/DryRun' },
        ...(segments.some((one) => one.startsWith(':')) ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
      ]
    : []
  const all = [...inPath, ...inQuery, ...ofChange]
  return all.length > 0 ? all : undefined
}

function dropUndefined(object: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}
