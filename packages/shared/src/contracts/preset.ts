/**
 * How one kind of sender signs, and what it says about an event. Data only: the presets we ship and the custom providers of
 * operators are the same shape. The code behind each `scheme` is in `verification/schemes`.
 */
import * as z from 'zod'
import { factSource, headerName, oneFact, path } from './fact.ts'

export type { FactSource, SimpleFact } from './fact.ts'

/** Several spellings of one header: the first that is present counts. */
const headerNames = z.array(headerName).min(1).max(100)

/** How a configured text becomes key bytes. `prefix` is taken off where it is there; `html`: what is escaped for HTML is put back. */
const keyText = z.object({
  encoding: z.enum(['utf8', 'hex', 'base64']),
  prefix: z.string().optional(),
  /** With `prefix`: a secret without it is no base64 but the key's text itself. */
  rawWithoutPrefix: z.boolean().optional(),
  normalise: z.enum(['NFKD', 'html']).optional(),
})
export type KeyText = z.infer<typeof keyText>

/** What proves a signature. Public keys: `pem` (SPKI), `spki` (base64 DER), `raw-hex`, `raw-base64`. */
const algorithm = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hmac'), hash: z.enum(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']), key: keyText }),
  /** A plain hash over a text that holds the secret, as HubSpot v1 and Moralis do. */
  z.object({ kind: z.literal('digest'), hash: z.enum(['SHA-256', 'KECCAK-256']) }),
  z.object({ kind: z.literal('ed25519'), key: z.enum(['raw-hex', 'raw-base64', 'pem', 'spki']) }),
  z.object({ kind: z.literal('ecdsa-p256'), key: z.enum(['pem', 'spki']), format: z.enum(['der', 'raw']) }),
  z.object({ kind: z.literal('rsa'), hash: z.enum(['SHA-1', 'SHA-256', 'SHA-512']), key: z.enum(['pem', 'spki']) }),
])
export type Algorithm = z.infer<typeof algorithm>

/** How signatures stand in the value of their header. */
const signatureFormat = z.discriminatedUnion('kind', [
  /** The whole value after a prefix (`sha256=…`), or with a separator a list of such. Elements without the prefix are skipped. */
  z.object({ kind: z.literal('whole'), prefix: z.string(), separator: z.string().min(1).optional() }),
  /** Named pairs (`t=…,v1=…,v1=…`); `groupSeparator` divides several such sets, each with a time of its own. */
  z.object({
    kind: z.literal('pairs'),
    separator: z.string().length(1),
    name: z.string().min(1),
    groupSeparator: z.string().length(1).optional(),
    /** `padded`: spaces may be around pairs. `exact`: the time, one signature, and nothing else. */
    style: z.enum(['padded', 'exact']).optional(),
  }),
  /** The time first, then signatures (`1700000000000,abc,def`). */
  z.object({ kind: z.literal('positional'), separator: z.string().length(1) }),
])

/** How far a signed time may lie from now, seconds. `futureSeconds: null`: any time in the future is taken. */
const tolerance = z.object({ pastSeconds: z.int().nonnegative(), futureSeconds: z.int().nonnegative().nullable() })
export type Tolerance = z.infer<typeof tolerance>

/** Where the signed time stands and how it is written. `iso-utc`: ISO 8601 whose missing zone means UTC. */
const timestamp = z.object({
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('pair'), name: z.string().min(1) }),
    z.object({ kind: z.literal('position') }),
    z.object({ kind: z.literal('header'), names: headerNames }),
    /** Inside the signed JSON body. The signature covers it with the body, so it stands in no template. */
    z.object({ kind: z.literal('body'), path }),
  ]),
  unit: z.enum(['seconds', 'milliseconds', 'iso', 'iso-utc']),
  tolerance,
})

/** A header that must be there with this value; `setting` names a setting of the provider that holds it. */
const requiredHeader = z.union([
  z.object({ name: headerName, value: z.string() }),
  z.object({ name: headerName, setting: z.string().min(1) }),
])

const PLACEHOLDERS = 'body, body:crc32, timestamp, secret, method, url, url:decoded, header:NAME or setting:NAME'
const PLACEHOLDER =
  /\{(body|body:crc32|timestamp|secret|method|url|url:decoded|header:[a-z0-9_-]+(?:\|[a-z0-9_-]+)*|setting:[a-zA-Z0-9_]+)\}/g
/**
 * What is signed: text with placeholders. `{body}` stands for the raw bytes, `{timestamp}` for the time's text as it was
 * sent, `{url}` for the address as the sender knows it, `{header:a|b}` for the first of these headers that is there.
 */
const template = z
  .string()
  .max(500)
  .refine((text) => !/[{}]/.test(text.replace(PLACEHOLDER, '')), `text with placeholders: ${PLACEHOLDERS}`)
  .refine((text) => (text.match(/\{body(:crc32)?\}/g) ?? []).length === 1, 'exactly one {body} or {body:crc32}')

/**
 * Another way in which the sender signs the same text in the same headers, as with a private key beside a shared secret.
 * `keyPrefix`: what its keys begin with; such keys are for this way only, and count without it. Left out, a secret that no
 * other way claims is tried in this way too.
 */
const alternative = z.object({ keyPrefix: z.string().min(1).optional(), algorithm, format: signatureFormat })

/** A signature in a header over a text made from the request: most senders. */
export const signatureScheme = z.object({
  scheme: z.literal('signature'),
  algorithm,
  /** Any of these may carry signatures, as where a second header appears while a key is rolled. */
  headers: headerNames,
  format: signatureFormat,
  encoding: z.enum(['hex', '0x-hex', 'base64', 'base64url']),
  alternatives: z.array(alternative).max(4).optional(),
  template,
  timestamp: timestamp.nullable(),
  requiredHeaders: z.array(requiredHeader).optional(),
  /** The bytes that a compressed body's signature covers: as they came, or decompressed (Stream). */
  signs: z.enum(['received', 'decompressed']).optional(),
})
export type SignatureScheme = z.infer<typeof signatureScheme>

/** A shared token in the request. It proves who knows the token; the body is not covered. */
export const tokenScheme = z.object({
  scheme: z.literal('token'),
  /** The first place that is there is compared with the whole secret, or for `basic` with `user:password`. */
  from: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('header'), name: headerName, prefix: z.string().optional() }),
        z.object({ kind: z.literal('query'), name: z.string().min(1) }),
        z.object({ kind: z.literal('basic') }),
        /** Each element of the array at `each` carries the token at `path`; one without it fails the whole. */
        z.object({ kind: z.literal('body'), each: path.optional(), path }),
      ]),
    )
    .min(1),
})
export type TokenScheme = z.infer<typeof tokenScheme>

const claim = z.string().min(1).max(100)

/** What a claim must be. Each one named must be there; `aud` may be a list that holds what is wanted. */
const claimCheck = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('equals'), claim, oneOf: z.array(z.union([z.string(), z.boolean()])).min(1) }),
  /** One of the texts of this setting; where it is not set, the address as the sender knows it, or else nothing passes. */
  z.object({ kind: z.literal('setting'), claim, setting: z.string().min(1), otherwise: z.literal('url').optional() }),
  /** The address as the sender knows it. */
  z.object({ kind: z.literal('url'), claim }),
  /** SHA-256 of the body or of the address. Padding of base64url does not count. */
  z.object({
    kind: z.literal('hash'),
    claim,
    of: z.enum(['body', 'url']),
    encoding: z.enum(['hex', 'base64', 'base64url']),
    /** The claim is absent exactly when the body is empty. */
    absentWhenEmpty: z.boolean().optional(),
  }),
])
export type ClaimCheck = z.infer<typeof claimCheck>

const tokenKeys = z.discriminatedUnion('kind', [
  /** The secret's text is the HMAC key. */
  z.object({ kind: z.literal('secret') }),
  /** The secret is the sender's public key (SPKI PEM). */
  z.object({ kind: z.literal('public-key') }),
  /** The sender's key set (RFC 7517), which must know the token's `kid`. No secret. */
  z.object({ kind: z.literal('jwks'), url: z.url({ protocol: /^https$/ }) }),
  /** Plaid: one key by its id from Plaid's API, asked with the secret, which is `client_id:secret`. */
  z.object({ kind: z.literal('plaid') }),
])
export type TokenKeys = z.infer<typeof tokenKeys>

/** A signed token (RFC 7519) in a header, most often with a claim that hashes the body. */
export const jwtScheme = z
  .object({
    scheme: z.literal('jwt'),
    header: headerName,
    prefix: z.string().optional(),
    /** Only these are believed, whatever the token says. */
    algorithms: z
      .array(z.enum(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA']))
      .min(1),
    keys: tokenKeys,
    checks: z.array(claimCheck),
    /** Times that must be there; those that are there are always checked. */
    requiredTimes: z.array(z.enum(['exp', 'nbf', 'iat'])).optional(),
    /** Seconds that `exp` may have passed, and that `nbf` and `iat` may still be ahead. */
    clockSkewSeconds: z.int().nonnegative(),
    /** How old `iat`, which must be there then, may be. No skew is added. */
    maxAgeSeconds: z.int().positive().optional(),
    /** How far ahead `exp` may be. */
    maxLifetimeSeconds: z.int().positive().optional(),
  })
  .refine(
    ({ algorithms, keys }) => algorithms.every((name) => name.startsWith('HS') === (keys.kind === 'secret')),
    'a shared secret signs with HS algorithms only, and every other key with none of them',
  )
export type JwtScheme = z.infer<typeof jwtScheme>

/** No proof but the network it comes from: only with an IP allow-list. */
const noneScheme = z.object({ scheme: z.literal('none') })

/** Senders whose way of signing is a small module of its own. */
const codeScheme = z.object({
  scheme: z.enum([
    'twilio',
    'mandrill',
    'mailgun',
    'adyen-payments',
    'dropbox-sign',
    'braintree',
    'paddle-classic',
    'contentful',
    'paypal',
    'aws-sns',
    'microsoft-graph',
    'azure-event-grid',
  ]),
  tolerance: tolerance.optional(),
})
export type CodeScheme = z.infer<typeof codeScheme>

export const verification = z.discriminatedUnion('scheme', [signatureScheme, tokenScheme, jwtScheme, noneScheme, codeScheme])
export type Verification = z.infer<typeof verification>

/** Where a handshake takes what it echoes, and when it applies. Each is one small function in `verification/handshakes`. */
export const HANDSHAKES = [
  'slack',
  'meta',
  'x-crc',
  'zoom',
  'microsoft-graph',
  'dropbox',
  'discord',
  'asana',
  'okta',
  'head',
  'get',
  'event-grid',
  'aws-sns',
  'twitch',
  'cloudevents',
  'notion',
  'braintree',
  'woocommerce',
] as const
export type HandshakeName = (typeof HANDSHAKES)[number]

/**
 * What makes two deliveries the same. `id`: the event's id. `body`: SHA-256 of the raw body. `id-and-body`: both are kept and
 * either one seen before makes a duplicate; right where the id is not signed, since a replay could bring a new one.
 * `fields`: these facts together; `id-and-fields`: the same beside the id, where the id is not signed but they are. Where a wanted
 * fact is missing, the body's hash takes its place.
 * `per`: equal ids or bodies are the same event only where this fact is equal too, as where one body goes out under two topics.
 */
export const dedupeRule = z.discriminatedUnion('by', [
  z.object({ by: z.literal('id') }),
  /** `windowMs`: the longest that a body counts as seen, for senders whose next event may have the very same body. */
  z.object({ by: z.literal('body'), per: oneFact.optional(), windowMs: z.int().min(1_000).optional() }),
  z.object({ by: z.literal('id-and-body'), per: oneFact.optional() }),
  z.object({ by: z.literal('fields'), fields: z.array(oneFact).min(1).max(8) }),
  z.object({ by: z.literal('id-and-fields'), fields: z.array(oneFact).min(1).max(8) }),
])
export type DedupeRule = z.infer<typeof dedupeRule>

export const preset = z.object({
  id: z.string().min(1),
  title: z.string().min(1),
  verification,
  eventId: factSource.nullable(),
  eventType: factSource.nullable(),
  dedupe: dedupeRule,
  /** Whether what is verified covers the body. */
  bodyAuthenticated: z.boolean(),
  /** Methods that carry events; handshakes have their own. */
  methods: z.array(z.enum(['POST', 'GET', 'PUT', 'DELETE', 'PATCH'])).min(1),
  handshakes: z.array(z.enum(HANDSHAKES)),
  /** What the sender wants to hear. `result`: our JSON; `text`: this text and type. */
  reply: z.object({
    status: z.int().min(200).max(299),
    body: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('result') }),
      z.object({ kind: z.literal('empty') }),
      z.object({ kind: z.literal('text'), text: z.string(), contentType: z.string() }),
    ]),
  }),
  /** The status for a refused signature, and whether the answer must be empty. 401 with a problem document by default. */
  refusal: z.object({ status: z.int().min(400).max(499), empty: z.boolean() }).optional(),
})
export type Preset = z.infer<typeof preset>
