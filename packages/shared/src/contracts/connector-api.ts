/** Connectors and their operations by API, as callers send them and as they are answered. */
import * as z from 'zod'
import { breakerOverride } from './config.ts'
import { changed, etag, reason } from './config-api.ts'
import { connector, connectorAuth, egress, operation } from './connector.ts'
import { replayRequest } from './control-api.ts'

const MiB = 1_048_576

const [none, bearer, basic, header, hmac, standardWebhooks, oauth2, awsSigV4] = connectorAuth.options

/** What the usual way is, where there is one, need not be told. */
const authInput = z.discriminatedUnion('kind', [
  none,
  bearer,
  basic,
  header,
  hmac.extend({
    algorithm: hmac.shape.algorithm.default('sha256'),
    encoding: hmac.shape.encoding.default('hex'),
    prefix: hmac.shape.prefix.default(''),
    content: hmac.shape.content.default('{body}'),
    timestampHeader: hmac.shape.timestampHeader.default(null),
  }),
  standardWebhooks,
  oauth2.extend({
    scopes: oauth2.shape.scopes.default([]),
    audience: oauth2.shape.audience.default(null),
    clientAuth: oauth2.shape.clientAuth.default('basic'),
  }),
  awsSigV4.extend({ sessionToken: awsSigV4.shape.sessionToken.default(null) }),
])

/** A connector as it is created. Without `egress`, calls reach the host of the base URL and follow no redirect. */
export const connectorInput = z.strictObject({
  id: connector.shape.id,
  baseUrl: connector.shape.baseUrl,
  auth: authInput.default({ kind: 'none' }),
  headers: connector.shape.headers.default({}),
  policy: connector.shape.policy,
  responseLimitBytes: connector.shape.responseLimitBytes.default(MiB),
  egress: z
    .strictObject({
      redirects: egress.shape.redirects.default(0),
      allowedHosts: egress.shape.allowedHosts.default([]),
    })
    .prefault({}),
})
export type ConnectorInput = z.infer<typeof connectorInput>

/** A connector as it is read. */
export const connectorView = connector.extend({
  etag,
  /** Held by an operator, or by itself after days of failures. */
  paused: z.boolean(),
  /** What its breaker is forced to; `null` while it decides by itself. */
  breaker: breakerOverride.shape.state.nullable(),
  /** Who would stand without it. */
  usedBy: z.object({ operations: z.array(z.string()), routes: z.array(z.string()), clients: z.array(z.string()) }),
  /** What works, but not as one might think. A sentence each. */
  warnings: z.array(z.string()),
})
export type ConnectorView = z.infer<typeof connectorView>

export const changedConnector = connectorView.extend(changed)
export type ChangedConnector = z.infer<typeof changedConnector>

/** An operation as it is created under its connector. */
export const operationInput = z.strictObject({ ...operation.shape, body: operation.shape.body.default(null) })
export type OperationInput = z.infer<typeof operationInput>

/** An operation as it is read. */
export const operationView = operation.extend({
  etag,
  usedBy: z.object({ routes: z.array(z.string()) }),
  warnings: z.array(z.string()),
})
export type OperationView = z.infer<typeof operationView>

export const changedOperation = operationView.extend(changed)
export type ChangedOperation = z.infer<typeof changedOperation>

/** `POST /v1/connectors/:id/test`: one real call. */
export const connectorTestRequest = z.strictObject({
  operation: operation.shape.name,
  input: z.unknown().default(null),
  timeoutMs: z.int().min(1).max(30_000).default(10_000),
  reason,
})
export type ConnectorTestRequest = z.infer<typeof connectorTestRequest>

/** What `POST /execute` would have answered. */
export const connectorTestResponse = z.object({
  succeeded: z.boolean(),
  status: z.int(),
  /** An answer of the upstream with all around it, or a problem document. */
  body: z.unknown(),
  auditSeq: z.int().nullable(),
})
export type ConnectorTestResponse = z.infer<typeof connectorTestResponse>

/** `PUT /v1/connectors/:id/breaker`: `open` lets no call through, `closed` lets every call through. */
export const breakerRequest = replayRequest.extend({ state: breakerOverride.shape.state })
export type BreakerRequest = z.infer<typeof breakerRequest>
