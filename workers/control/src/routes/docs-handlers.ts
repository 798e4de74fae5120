import type { ControlHandler } from '../context.ts'
import { renderDocs } from '../docs/page.ts'
import { contentSecurityPolicy } from '../docs/policy.ts'
import type { OpenApiDocument } from '../docs/types.ts'

/** What an isolate has made of the document: texts. */
const made: { document?: string; docs?: string } = {}

/** A browser keeps it, and asks each time whether it is still so (and still allowed). */
const CACHED = { 'cache-control': 'private, no-cache' }

/** The document is large and seldom asked for: an isolate that is not asked does not evaluate it. */
async function readDocument(): Promise<OpenApiDocument> {
  const { default: document } = await import('../openapi/openapi.json')
  return document as unknown as OpenApiDocument
}

/** What the API is, for tools and for people. */
export const DOCS_HANDLERS = {
  'GET /openapi.json': async (c) => {
    made.document ??= JSON.stringify(await readDocument())
    return c.body(made.document, 200, { 'content-type': 'application/json', ...CACHED })
  },
  'GET /docs': async (c) => {
    made.docs ??= await renderDocs(await readDocument())
    return c.body(made.docs, 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': await contentSecurityPolicy(),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...CACHED,
    })
  },
} satisfies Record<string, ControlHandler>
