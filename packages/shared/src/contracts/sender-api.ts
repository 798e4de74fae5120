/** Senders by API: the presets we ship, trying a pasted request, and sending a test event. */
import * as z from 'zod'
import { dedupeRule, preset } from './preset.ts'
import { sampleEvent, senderGuide } from './sender-guide.ts'

/** What a list of presets shows. */
export const presetSummary = preset
  .pick({ id: true, title: true, bodyAuthenticated: true, handshakes: true, methods: true })
  .extend({
    scheme: z.string(),
    dedupe: dedupeRule,
    /** Whether a secret has to be given. */
    needsSecret: z.boolean(),
    settings: senderGuide.shape.settings,
    /** Whether the registered address has to be given. */
    needsPublicUrl: z.boolean(),
    docsUrl: z.string().nullable(),
  })
export type PresetSummary = z.infer<typeof presetSummary>

/** One preset with all its data, so that it can be the start of a custom provider. */
export const presetDetail = presetSummary.extend({
  preset,
  guide: senderGuide.nullable(),
  sample: sampleEvent.nullable(),
})
export type PresetDetail = z.infer<typeof presetDetail>

/** The token that a sender showed last while it asked whether we are there, to be carried back to it. */
export const handshakeToken = z.object({ token: z.string(), shownAt: z.iso.datetime() })
export type HandshakeToken = z.infer<typeof handshakeToken>

const MAX_BODY_LENGTH = 1_048_576
const headerValues = z.record(z.string().min(1).max(200), z.union([z.string(), z.array(z.string())]))

/** A request as it was received, pasted. Its body as text, or as base64 where it is none. */
export const tryRequest = z
  .strictObject({
    method: z.enum(['POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']).default('POST'),
    /** With its query. By default the registered address, or ours. */
    url: z
      .url({ protocol: /^https?$/ })
      .max(8_000)
      .optional(),
    headers: headerValues.default({}),
    body: z.string().max(MAX_BODY_LENGTH).optional(),
    bodyBase64: z
      .base64()
      .max(Math.ceil(MAX_BODY_LENGTH / 3) * 4)
      .optional(),
    /** The address it came from. Without one, the allow-list is not checked. */
    ip: z.union([z.ipv4(), z.ipv6()]).optional(),
    /** When it is to have arrived, seconds since the epoch. Now, by default. */
    now: z.int().min(0).max(32_503_680_000).optional(),
  })
  .refine(({ body, bodyBase64 }) => body === undefined || bodyBase64 === undefined, {
    path: ['bodyBase64'],
    message: 'give body or bodyBase64, not both',
  })
export type TryRequest = z.infer<typeof tryRequest>

const tryStep = z.object({ check: z.string(), passed: z.boolean(), detail: z.string().nullable() })
export type TryStep = z.infer<typeof tryStep>

const triedRoute = z.object({ id: z.string(), matches: z.boolean(), why: z.string().nullable() })
export type TriedRoute = z.infer<typeof triedRoute>

/** What ingress would do with such a request. Nothing is stored, and nothing is sent. */
export const tryResponse = z.object({
  verdict: z.enum(['accepted', 'refused']),
  /** Why it is refused. */
  reason: z.string().nullable(),
  /** In the order in which they were made; after one that failed, nothing more is checked. */
  steps: z.array(tryStep),
  /** Which of the secrets matched. */
  secret: z.enum(['current', 'previous']).nullable(),
  eventId: z.string().nullable(),
  eventType: z.string().nullable(),
  dedupeKeys: z.array(z.string()),
  /** It is no event but a question of the sender. Its answer may be made with the secret, so it is not shown. */
  handshake: z.object({ kind: z.string(), status: z.int().nullable() }).nullable(),
  /** Every route of the provider, as if the request were believed. */
  routes: z.array(triedRoute),
  /** What else would happen to it. */
  notes: z.array(z.string()),
})
export type TryResponse = z.infer<typeof tryResponse>

/** A test event: the preset's sample, unless parts of it are replaced. */
export const testRequest = z.strictObject({
  sample: z
    .strictObject({
      body: z.string().max(MAX_BODY_LENGTH).optional(),
      contentType: z.string().min(1).max(200).optional(),
      /** Instead of the sample's own; names in lower case. */
      headers: z.record(z.string().min(1).max(200), z.string()).optional(),
      query: z.string().max(4_000).optional(),
    })
    .default({}),
  /** Where the sender signs with a key that only it has: one of your own, in PKCS #8 PEM. It is used once and kept nowhere. */
  privateKey: z.string().min(1).max(16_384).optional(),
})
export type TestRequest = z.infer<typeof testRequest>

export const testResponse = z.object({
  /** As it was sent, without what proves. */
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    body: z.string(),
  }),
  /** What ingress answered. */
  response: z.object({ status: z.int(), contentType: z.string().nullable(), body: z.string() }),
  /** The outcome's place in the audit log; null where it could not be written down. The intent is there in any case. */
  auditSeq: z.int().nullable(),
})
export type TestResponse = z.infer<typeof testResponse>
