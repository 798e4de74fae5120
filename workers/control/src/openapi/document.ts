import { CONFIG_ROUTES } from '../roles/config-routes.ts'
import { ROUTE_ROLES, type RouteKey } from '../roles/route-roles.ts'
import { DESCRIPTIONS } from './describe/index.ts'
import { TOPICS } from './description.ts'
import { problemResponses } from './errors.ts'
import { HEALTH } from './describe/health.ts'
import { type DescribedRoute, templateOf, toOperation } from './operation.ts'
import { problem } from './problem.ts'
import { convert, type JsonObject } from './schemas.ts'

const INTRODUCTION = `How operators and their tools see and steer Orchestrator.

Every request carries the token of Cloudflare Access, put there by Access itself: browsers have it in a cookie, scripts use a service
token (\`CF-Access-Client-Id\` and \`CF-Access-Client-Secret\`), which Access exchanges for it. What one may do follows from the roles
that are bound to the person, one of its groups, or the service token.

Lists are newest first; \`nextCursor\` goes into \`cursor\` of the next request, and is null on the last page. Errors are problem
documents (RFC 9457). Times are RFC 3339 in UTC. Objects of answers may get more fields: leave alone what you do not know.`

/** The OpenAPI 3.1 document of the operators' API. */
export function createDocument(): JsonObject {
  const routes: DescribedRoute[] = [
    ...Object.entries(HEALTH).map(([key, description]) => ({ ...split(key), roles: [], changesConfig: false, description })),
    ...(Object.keys(ROUTE_ROLES) as RouteKey[]).map((key) => ({
      ...split(key),
      roles: ROUTE_ROLES[key],
      changesConfig: CONFIG_ROUTES.has(key),
      description: DESCRIPTIONS[key],
    })),
  ]
  const requests = routes.flatMap(({ description: { query, request } }) => [query ?? [], request?.schema ?? []].flat())
  const answers = routes.flatMap(({ description: { answer, other } }) =>
    [answer.json?.schema ?? [], other?.json?.schema ?? []].flat(),
  )
  const schemas = convert(requests, [...answers, problem])

  const paths: Record<string, JsonObject> = {}
  for (const route of routes) {
    const path = templateOf(route.path)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route, schemas) }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Orchestrator: operators’ API', version: '1', description: INTRODUCTION },
    servers: [{ url: '/', description: 'The host that serves this document.' }],
    security: [{ accessToken: [] }, { accessCookie: [] }],
    tags: Object.entries(TOPICS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'apiKey',
          in: 'header',
          name: 'Cf-Access-Jwt-Assertion',
          description: 'The token of Cloudflare Access, which Access adds to every request that it lets through.',
        },
        accessCookie: { type: 'apiKey', in: 'cookie', name: 'CF_Authorization', description: 'The same in a browser.' },
      },
      parameters: PARAMETERS,
      headers: HEADERS,
      responses: problemResponses(routes, schemas.of(problem)),
      schemas: { ...schemas.components },
    },
  }
}

const PARAMETERS: JsonObject = {
  DryRun: {
    name: 'dryRun',
    in: 'query',
    description: 'Do nothing: tell in `dryRun` what would change and what would follow.',
    schema: { type: 'boolean', default: false },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The `etag` it was read with: 412 if it has changed since. `*`: whatever it is, but it must be there.',
    schema: { type: 'string' },
  },
}

const HEADERS: JsonObject = {
  ETag: { description: 'The same as `etag`, for `If-Match`. A dry run has none.', schema: { type: 'string' } },
  Location: { description: 'Where it is.', schema: { type: 'string' } },
}

function split(key: string): { method: string; path: string } {
  const [method = '', path = ''] = key.split(' ')
  return { method, path }
}
