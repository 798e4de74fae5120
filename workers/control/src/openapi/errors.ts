import { ERROR_CODES, type ErrorCode } from '@orchestrator/shared/core/error-codes'
import type { DescribedRoute } from './operation.ts'
import { problemExample } from './problem.ts'
import type { JsonObject } from './schemas.ts'

/** Codes that a route may answer, by what it is. */
function codesOf(route: DescribedRoute): ErrorCode[] {
  const { method, path, roles, description } = route
  const codes = new Set<ErrorCode>(['internal_error', 'bad_environment', 'unavailable'])
  if (roles.length > 0) for (const code of ['unauthenticated', 'forbidden'] as const) codes.add(code)
  if (description.query || method !== 'GET') codes.add('validation_failed')
  if (path.includes(':')) codes.add('not_found')
  if (description.request) for (const code of ['body_too_large', 'unsupported_media_type'] as const) codes.add(code)
  // Without a version of its own, it refuses every tag.
  if (method !== 'GET') codes.add('precondition_failed')
  if (route.changesConfig) codes.add('unprocessable')
  for (const code of description.errors ?? []) codes.add(code)
  return [...codes]
}

/** The codes of each status, in the order of the table. */
function byStatus(route: DescribedRoute): [status: number, codes: ErrorCode[]][] {
  const codes = new Set(codesOf(route))
  const inOrder = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => codes.has(code))
  return [...Map.groupBy(inOrder, (code) => ERROR_CODES[code].status)].toSorted(([a], [b]) => a - b)
}

/** `not_found` → `NotFound`; several are joined. */
const nameOf = (codes: readonly ErrorCode[]): string =>
  codes.map((code) => code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())).join('Or')

/** What an operation refuses, by status. */
export function problemsOf(route: DescribedRoute): JsonObject {
  return Object.fromEntries(
    byStatus(route).map(([status, codes]) => [status, { $ref: `#/components/responses/${nameOf(codes)}` }]),
  )
}

/** The responses that the operations refer to: one for each set of codes that share a status. */
export function problemResponses(routes: readonly DescribedRoute[], schema: JsonObject): JsonObject {
  const sets = routes.flatMap((route) => byStatus(route).map(([, codes]) => [nameOf(codes), codes] as const))
  return Object.fromEntries(
    [...new Map(sets)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, codes]) => {
        const [first] = codes as [ErrorCode]
        return [
          name,
          {
            description: codes.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}.`).join(' '),
            'x-codes': codes,
            content: {
              'application/problem+json': { schema, example: problemExample(first, '/v1/me', ERROR_CODES[first].title) },
            },
          },
        ]
      }),
  ) as JsonObject
}
