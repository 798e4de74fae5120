import type { Operation } from '../contracts/connector.ts'
import { fromBase64 } from '../core/bytes.ts'
import type { Issue } from '../core/errors.ts'
import { err, ok, type Result } from '../core/result.ts'
import * as z from 'zod'

/** The webhook of a job, as it came. */
export interface WebhookSource {
  body: Uint8Array<ArrayBuffer>
  contentType: string | null
  /** `gzip` and the like, where the body came so. */
  contentEncoding: string | null
  headers: Readonly<Record<string, string>>
}

export interface RawBody {
  body: string | Uint8Array<ArrayBuffer>
  contentType: string | null
  contentEncoding: string | null
}

const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header has no line breaks and no letters beyond Latin-1')

/** The input of an operation that sends a body as it is. */
const rawInput = z.looseObject({
  body: z.string().refine((text) => text.isWellFormed(), 'half a surrogate pair has no bytes'),
  contentType: headerValue.min(1).max(256).optional(),
  encoding: z.enum(['utf8', 'base64']).default('utf8'),
})
const withHeaders = z.looseObject({ headers: z.record(z.string(), headerValue).default({}) })

/** The body that an input of its own brings. */
export function rawBody(input: unknown): Result<RawBody, Issue[]> {
  const parsed = rawInput.safeParse(input)
  if (!parsed.success) return err(issuesOf(parsed.error))
  const { body, contentType = null, encoding } = parsed.data
  const bytes = encoding === 'base64' ? fromBase64(body) : body
  if (bytes === undefined) return err([{ path: 'body', message: 'is not base64' }])
  return ok({ body: bytes, contentType, contentEncoding: null })
}

/** The headers that an input of its own brings, by lower-case name. */
export function inputHeaders(input: unknown): Result<Record<string, string>, Issue[]> {
  if (typeof input !== 'object' || input === null) return ok({})
  const parsed = withHeaders.safeParse(input)
  if (!parsed.success) return err(issuesOf(parsed.error))
  return ok(Object.fromEntries(Object.entries(parsed.data.headers).map(([name, value]) => [name.toLowerCase(), value])))
}

/** What is wrong with an input of its own, as far as it is sent on as it is. */
export function rawIssues(operation: Pick<Operation, 'raw' | 'forwardHeaders'>, input: unknown): Issue[] {
  const body = operation.raw ? rawBody(input) : ok(null)
  const headers = operation.forwardHeaders.length > 0 ? inputHeaders(input) : ok(null)
  return [...(body.ok ? [] : body.error), ...(headers.ok ? [] : headers.error)]
}

function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
}
