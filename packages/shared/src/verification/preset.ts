import * as z from 'zod'

/** Where a signature stands in its header: the whole value after a prefix (`sha256=…`), or named pairs (`t=…,v1=…,v1=…`). */
const signatureFormat = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whole'), prefix: z.string() }),
  z.object({ kind: z.literal('pairs'), separator: z.string().length(1), name: z.string().min(1) }),
])

/** Where the signed time stands: a pair of the signature header, or a header of its own. */
const timestampSource = z.object({
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('pair'), name: z.string().min(1) }),
    z.object({ kind: z.literal('header'), name: z.string().min(1) }),
  ]),
  unit: z.enum(['seconds', 'milliseconds']),
})

const headerName = z.string().regex(/^[a-z0-9-]+$/, 'a lower-case header name')

/** A keyed hash over a text made from the body and, at most senders, a timestamp. */
export const hmacScheme = z.object({
  scheme: z.literal('hmac'),
  hash: z.enum(['SHA-1', 'SHA-256', 'SHA-512']),
  header: headerName,
  format: signatureFormat,
  encoding: z.enum(['hex', 'base64']),
  /** How the configured secret becomes the key. `utf8`: its text as it is, prefixes included. */
  key: z.enum(['utf8', 'hex', 'base64']),
  timestamp: timestampSource.nullable(),
  /** What is signed. `{body}` stands for the raw bytes, `{timestamp}` for the timestamp's text as it was sent. */
  template: z.string().regex(/^[^{}]*(\{timestamp\}[^{}]*)?\{body\}[^{}]*$/, 'text with {timestamp} before one {body}'),
})
export type HmacScheme = z.infer<typeof hmacScheme>

/** Every way to prove a sender. One arm a scheme; each is one module of code. */
const verification = z.discriminatedUnion('scheme', [hmacScheme])

/** Where a fact of the event stands: a dotted path in the JSON body, or a header. */
const factSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('body'), path: z.string().min(1) }),
  z.object({ kind: z.literal('header'), name: headerName }),
])
export type FactSource = z.infer<typeof factSource>

/** How one kind of sender signs, and what it says about an event. Data only: a custom provider is the same data. */
export const preset = z.object({
  id: z.string().min(1),
  title: z.string().min(1),
  verification,
  eventId: factSource.nullable(),
  eventType: factSource.nullable(),
  /** How old, and how far in the future, a signed timestamp may be. Seconds. */
  tolerance: z.object({ pastSeconds: z.int().positive(), futureSeconds: z.int().nonnegative() }),
  /** Whether the signature covers the body. */
  bodyAuthenticated: z.boolean(),
  /** What the sender wants to hear. `result`: our JSON. */
  reply: z.object({ status: z.int().min(200).max(299), body: z.enum(['result', 'empty']) }),
})
export type Preset = z.infer<typeof preset>
