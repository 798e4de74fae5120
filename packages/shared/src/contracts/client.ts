import * as z from 'zod'
import { queueName } from './queue.ts'
import { slug } from './slug.ts'

export const CLIENT_SCOPES = ['execute', 'jobs:write', 'jobs:read'] as const
export const clientScope = z.enum(CLIENT_SCOPES)
export type ClientScope = z.infer<typeof clientScope>

/** One API key, without the key. */
export const clientKey = z.object({
  id: slug,
  /** SHA-256 of the key, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.int(),
  /** ms; `null` holds until it is taken away. */
  expiresAt: z.int().nullable(),
})
export type ClientKey = z.infer<typeof clientKey>

/** A product backend that calls other services through us. */
export const client = z.object({
  id: slug,
  name: z.string().min(1).max(100),
  enabled: z.boolean(),
  keys: z.array(clientKey).max(10),
  scopes: z.array(clientScope),
  /** What it may call; `null` everything. */
  connectors: z.array(slug).nullable(),
  /** Where it may put jobs; `null` everywhere. */
  queues: z.array(queueName).nullable(),
  rateLimit: z
    .object({ limit: z.int().min(1).max(1_000_000), perMs: z.int().min(1_000).max(3_600_000), burst: z.int().min(0) })
    .nullable(),
  /** Client ids of Access service tokens that stand for it (`common_name` of their token). */
  serviceTokens: z.array(z.string().min(1)).max(10),
})
export type Client = z.infer<typeof client>
