import * as z from 'zod'
import { slug } from './slug.ts'

const secretName = z.string().min(1)
const headerName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/, 'a header name')

/** How calls of a connector are authorised. `secret` names a secret. */
export const connectorAuth = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('bearer'), secret: secretName }),
  z.object({ kind: z.literal('basic'), username: z.string(), secret: secretName }),
  z.object({ kind: z.literal('header'), header: z.string().min(1), secret: secretName }),
  /** A keyed hash over `content`: a template of `{method}`, `{path}`, `{timestamp}` (seconds) and `{body}`. */
  z.object({
    kind: z.literal('hmac'),
    secret: secretName,
    algorithm: z.enum(['sha1', 'sha256', 'sha512']),
    encoding: z.enum(['hex', 'base64']),
    header: headerName,
    /** Stands before the hash in the header. */
    prefix: z.string().max(100),
    content: z.string().min(1).max(500),
    timestampHeader: headerName.nullable(),
  }),
  /**
   * https://github.com/standard-webhooks/standard-webhooks: `whsec_…` signs v1 (HMAC), `whsk_…` v1a (Ed25519). While a rotation
   * overlaps, both the new and the previous secret sign.
   */
  z.object({ kind: z.literal('standardWebhooks'), secret: secretName }),
  /** RFC 6749, section 4.4. The token is kept until shortly before it ends. */
  z.object({
    kind: z.literal('oauth2ClientCredentials'),
    tokenUrl: z.url(),
    clientId: z.string().min(1),
    secret: secretName,
    scopes: z.array(z.string().min(1)).max(50),
    audience: z.string().min(1).nullable(),
    /** Where the client proves itself: HTTP Basic, or fields of the form. */
    clientAuth: z.enum(['basic', 'body']),
  }),
  /** AWS Signature Version 4. `secret` names the secret access key, `sessionToken` a secret too. */
  z.object({
    kind: z.literal('awsSigV4'),
    accessKeyId: z.string().min(1),
    secret: secretName,
    sessionToken: secretName.nullable(),
    region: z.string().min(1),
    service: z.string().min(1),
  }),
])
export type ConnectorAuth = z.infer<typeof connectorAuth>

/** Where calls of a connector may go. */
export const egress = z.object({
  /** Redirects that are followed, each one guarded like the first address; a redirect to another host loses the credentials. */
  redirects: z.int().min(0).max(5),
  /** Host names beside the base URL's own that a call may reach; `*.example.com` takes every name under it. */
  allowedHosts: z.array(z.string().min(1).max(253)).max(50),
})
export type Egress = z.infer<typeof egress>

/** One outside service: where it is, how it is authorised, under which policy it is called. */
export const connector = z.object({
  id: slug,
  baseUrl: z.url(),
  auth: connectorAuth,
  headers: z.record(z.string(), z.string()),
  policy: slug,
  responseLimitBytes: z.int().min(1).max(104_857_600),
  egress: egress.default({ redirects: 0, allowedHosts: [] }),
  /** When somebody last took its pause away, ms: failures before that do not pause it again. */
  resumedAt: z.int().nullable().default(null),
  /** When somebody last reset its breaker, ms: what the breaker saw before that counts no more. */
  breakerResetAt: z.int().nullable().default(null),
})
export type Connector = z.infer<typeof connector>

/** A connector without what operators did to it: what is declared, and what a clone begins with. */
export const declaredConnector = connector.omit({ resumedAt: true, breakerResetAt: true })
export type DeclaredConnector = z.infer<typeof declaredConnector>

/** Of a connector to which nothing was done yet. */
export const UNTOUCHED = { resumedAt: null, breakerResetAt: null } as const

/** One call a connector offers. `{name}` in the path takes the URL-encoded value of that field of the input. */
export const operation = z.object({
  connector: slug,
  name: slug,
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().startsWith('/'),
  /** JSONata over the input; its value is sent as JSON. `null` sends no body. */
  body: z.string().min(1).nullable(),
  /** Replaces the connector's policy for this operation. */
  policy: slug.nullable().default(null),
  /** Whether a second call changes nothing more. By default GET, PUT and DELETE are, as in HTTP. */
  idempotent: z.boolean().nullable().default(null),
  /** JSON Schema (2020-12) that the input must meet. */
  inputSchema: z.record(z.string(), z.unknown()).nullable().default(null),
  /** JSONata over `{status, headers, body}` of the answer; its value is the body that callers and results get. */
  response: z.string().min(1).max(100_000).nullable().default(null),
  /** What counts as done. By default every 2xx. `when` is JSONata over `{status, headers, body}`, and must be true too. */
  success: z
    .object({ statuses: z.array(z.string()).min(1).max(50), when: z.string().min(1).max(10_000).nullable() })
    .nullable()
    .default(null),
  /** Sends the body of the webhook as it came, or of an input `{body, contentType?, encoding?}`, instead of a mapping. */
  raw: z.boolean().default(false),
  /** Headers of the webhook, or of an input's `headers`, that are sent on. */
  forwardHeaders: z.array(headerName).max(50).default([]),
})
export type Operation = z.infer<typeof operation>
