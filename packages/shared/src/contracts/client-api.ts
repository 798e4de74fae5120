/** Clients and their API keys by API, as callers send them and as they are answered. */
import * as z from 'zod'
import { client, clientKey } from './client.ts'
import { changed, etag, reason } from './config-api.ts'

const time = z.iso.datetime()

/** A client as it is created: without a key, which is made by itself. What it may do has to be said. */
export const clientInput = z.strictObject({
  id: client.shape.id,
  /** The id by default. */
  name: client.shape.name.optional(),
  enabled: client.shape.enabled.default(true),
  scopes: client.shape.scopes,
  connectors: client.shape.connectors.default(null),
  queues: client.shape.queues.default(null),
  rateLimit: z
    .strictObject({
      limit: client.shape.rateLimit.unwrap().shape.limit,
      perMs: client.shape.rateLimit.unwrap().shape.perMs.default(1_000),
      burst: client.shape.rateLimit.unwrap().shape.burst.default(0),
    })
    .nullable()
    .default(null),
  serviceTokens: client.shape.serviceTokens.default([]),
})
export type ClientInput = z.infer<typeof clientInput>

/** A key without anything that it could be recognised by. */
export const clientKeyView = z.object({
  id: clientKey.shape.id,
  createdAt: time,
  /** `null` holds until it is taken away. */
  expiresAt: time.nullable(),
  expired: z.boolean(),
})
export type ClientKeyView = z.infer<typeof clientKeyView>

/** A client as it is read. */
export const clientView = client.extend({
  etag,
  keys: z.array(clientKeyView),
  /** What works, but not as one might think. A sentence each. */
  warnings: z.array(z.string()),
})
export type ClientView = z.infer<typeof clientView>

export const changedClient = clientView.extend(changed)
export type ChangedClient = z.infer<typeof changedClient>

/** `POST /v1/clients/:id/keys`. */
export const clientKeyRequest = z.strictObject({
  /** By default one is made up. */
  id: clientKey.shape.id.optional(),
  expiresAt: time.optional(),
  /** The keys of before end then: 0 at once. Without it they stay as they are. */
  previousValidForSeconds: z
    .int()
    .min(0)
    .max(30 * 86_400)
    .optional(),
  reason,
})
export type ClientKeyRequest = z.infer<typeof clientKeyRequest>

/** The one time that a key is shown: only its hash is kept. A dry run makes none, and its `key` is empty. */
export const createdClientKey = z.object({ key: z.string(), keyId: clientKey.shape.id, client: clientView, ...changed })
export type CreatedClientKey = z.infer<typeof createdClientKey>
