import * as z from 'zod'
import { ApiError, parseProblem } from '../lib/failure.ts'

// Zod compiles parsers with `new Function` where it may; the page's security policy forbids that, so it must not try.
z.config({ jitless: true })

/** Access answers 401 instead of a redirect to its sign-in page when it sees this. */
const HEADERS = { accept: 'application/json', 'x-requested-with': 'XMLHttpRequest' }

interface CallInit {
  method?: 'POST'
  body?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/**
 * Calls the control API through the console's proxy and parses the answer by its contract.
 * Everything that goes wrong is thrown as {@link ApiError}.
 */
export async function callApi<T>(schema: z.ZodType<T>, path: string, init: CallInit = {}): Promise<T> {
  const response = await send(path, init)
  const requestId = response.headers.get('x-request-id')
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new ApiError(parseProblem(response.status, body, requestId))
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'body'))].slice(0, 5)
  throw new ApiError({ kind: 'mismatch', requestId, fields })
}

/** A POST of JSON. */
export function postApi<T>(schema: z.ZodType<T>, path: string, body: unknown): Promise<T> {
  return callApi(schema, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
}

async function send(path: string, init: CallInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, { ...init, headers: { ...HEADERS, ...init.headers }, redirect: 'manual' })
  } catch (thrown) {
    if (init.signal?.aborted) throw thrown
    throw new ApiError({ kind: 'network' })
  }
  // A redirect can only be Access asking to sign in: the API itself never redirects.
  if (response.type === 'opaqueredirect') throw new ApiError({ kind: 'signed_out' })
  return response
}
