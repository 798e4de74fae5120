import * as z from 'zod'
import { client } from './client.ts'
import { connector, operation } from './connector.ts'
import { policy } from './policy.ts'
import { dedupeRule, preset } from './preset.ts'
import { queueName } from './queue.ts'
import { slug } from './slug.ts'

/** An address or a network in CIDR notation, IPv4 or IPv6. */
const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** An instance (`stripe`, `stripe-eu`) of a preset (`stripe`), or a custom sender: one address that senders post to. */
export const provider = z.object({
  id: slug,
  /** The preset's id, or `custom` with the same data in `custom`. */
  preset: slug,
  custom: preset.optional(),
  enabled: z.boolean(),
  /** Accepted and held: jobs are made, and wait. */
  paused: z.boolean(),
  /** Name of the secret that signs; `null` where the preset needs none, or where a handshake will bring it. */
  secret: z.string().min(1).nullable(),
  /** Non-secret values that the preset asks for (audience, verify token, topics …). */
  settings: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  /** The address as registered at the sender, where the sender signs it. Without one, the address that reached us. */
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Replaces the preset's tolerance, in both directions. */
  toleranceSeconds: z.int().min(1).max(86_400).optional(),
  bodyLimitBytes: z.int().min(1).max(104_857_600),
  /** Replaces the preset's rule. */
  dedupe: dedupeRule.optional(),
  dedupeWindowMs: z
    .int()
    .min(1_000)
    .max(30 * 86_400_000),
  /** A redelivery of an event whose jobs are dead revives them. */
  reviveDead: z.boolean().default(true),
  /** Who may post at all; empty: anybody. */
  allowedIps: z.array(network).max(500).default([]),
  /** Verified webhooks beyond this are answered 429. */
  rateLimit: z
    .object({ limit: z.int().min(1).max(1_000_000), perSeconds: z.int().min(1).max(3_600) })
    .nullable()
    .default(null),
})
export type Provider = z.infer<typeof provider>

/** Every enabled route of a provider that matches an event makes one job. */
export const route = z.object({
  id: slug,
  provider: slug,
  enabled: z.boolean(),
  /** Globs over the event type; `*` matches any run of characters, and alone also an event without a type. */
  eventTypes: z.array(z.string().min(1)).min(1),
  /** JSONata over `{body, headers, query, path, type, id}`; the route matches where its value is true. */
  filter: z.string().min(1).max(10_000).nullable().default(null),
  connector: slug,
  operation: slug,
  /** JSONata over the event's body; its value is the operation's input. */
  input: z.string().min(1).max(100_000),
  queue: queueName,
  /** Replaces the connector's policy. */
  policy: slug.nullable().default(null),
  /** Seconds before the first attempt. */
  delaySeconds: z.int().min(0).max(31_536_000).default(0),
  /** JSONata over the same as `filter`: jobs with the same value run one after another, in order of arrival. */
  orderingKey: z.string().min(1).max(10_000).nullable().default(null),
  /** What a dead job does to its ordering key: the next one goes on, or all wait until somebody replays or discards it. */
  onDeath: z.enum(['release', 'block']).default('release'),
})
export type Route = z.infer<typeof route>

/** A value of a `stored` secret: AES-GCM under `SECRETS_KEY`, additional data = name + version. Base64. */
export const secretVersion = z.object({
  version: z.int().positive(),
  iv: z.string(),
  ciphertext: z.string(),
  /** A previous value stays valid until then (ms); the current one has none. */
  validUntil: z.int().nullable(),
  /** When it was written, ms. Left out in versions of older releases, like what follows. */
  createdAt: z.int().optional(),
  /** Tells which key it is sealed under: of several, the right one is tried first. */
  keyId: z.string().optional(),
})
export type SecretVersion = z.infer<typeof secretVersion>

/**
 * Where a secret's value comes from. No value ever stands in the configuration in the clear. A stored one that was only declared
 * has no version yet: it does not resolve.
 */
export const secretRef = z.discriminatedUnion('source', [
  z.object({ name: z.string(), source: z.literal('stored'), versions: z.array(secretVersion).max(10) }),
  z.object({ name: z.string(), source: z.literal('env'), variable: z.string(), previousVariable: z.string().optional() }),
  z.object({ name: z.string(), source: z.literal('store'), binding: z.string(), previousBinding: z.string().optional() }),
])
export type SecretRef = z.infer<typeof secretRef>

/** Operators force a breaker by configuration, so that it works without execution. */
export const breakerOverride = z.object({ connector: slug, state: z.enum(['open', 'closed']) })
export type BreakerOverride = z.infer<typeof breakerOverride>

/** Work that operators hold. */
export const pause = z.object({ kind: z.enum(['connector', 'queue', 'provider']), id: z.string() })
export type Pause = z.infer<typeof pause>

export const settings = z.object({
  /** Shard new ids are minted on, and the shards that lists walk, newest first. */
  writeShard: z.int().min(0).max(99),
  liveShards: z.array(z.int().min(0).max(99)).min(1),
  /** How long a job may wait before the sweep sends it again, ms. */
  resendGraceMs: z.int().min(1_000),
})
export type Settings = z.infer<typeof settings>

/** Everything ingress and execution need to know, published whole. A job pins the revision it was made under. */
export const configSnapshot = z.object({
  revision: z.int().positive(),
  publishedAt: z.int(),
  providers: z.array(provider),
  routes: z.array(route),
  connectors: z.array(connector),
  operations: z.array(operation),
  policies: z.array(policy),
  secrets: z.array(secretRef),
  breakerOverrides: z.array(breakerOverride),
  pauses: z.array(pause),
  clients: z.array(client).default([]),
  settings,
})
export type ConfigSnapshot = z.infer<typeof configSnapshot>
