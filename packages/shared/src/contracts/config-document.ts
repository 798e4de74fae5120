/**
 * The whole configuration as one document, so that it can live in git: `GET /v1/config`, `POST /v1/config/plan` and `/apply`. It says
 * what is wanted. What is not in it stays as it is: values of secrets, keys of clients, pauses, forced breakers, people's roles, and
 * which shards are live.
 */
import * as z from 'zod'
import { configChange } from './change.ts'
import { changed, etag, providerInput, routeInput, secretName } from './config-api.ts'
import { clientInput } from './client-api.ts'
import { connectorInput, operationInput } from './connector-api.ts'
import { replayRequest } from './control-api.ts'
import { policyInput } from './policy-input.ts'
import { settings } from './config.ts'
import { variableName } from './variable-name.ts'

/** A document of another version is refused, never guessed at. */
export const DOCUMENT_VERSION = 1

/** A secret by name and source. The value of a `stored` one is written by `PUT /v1/secrets/:name`, and nowhere to be read. */
export const secretDeclaration = z.discriminatedUnion('source', [
  z.strictObject({ name: secretName, source: z.literal('stored') }),
  z.strictObject({
    name: secretName,
    source: z.literal('env'),
    variable: variableName,
    previousVariable: variableName.optional(),
  }),
  z.strictObject({
    name: secretName,
    source: z.literal('store'),
    binding: variableName,
    previousBinding: variableName.optional(),
  }),
])
export type SecretDeclaration = z.infer<typeof secretDeclaration>

/** An operation stands under its connector. */
const connectorDeclaration = connectorInput.extend({
  operations: z.array(operationInput.omit({ connector: true })).default([]),
})

/** A day: what no message was heard of for longer, the sweep is to send whatever it costs. */
const MAX_RESEND_GRACE_MS = 86_400_000

/** What of the settings people decide; the others belong to the shards. */
export const settingsInput = z.strictObject({ resendGraceMs: settings.shape.resendGraceMs.max(MAX_RESEND_GRACE_MS) })

/** The whole. What has a default may be left out; how it is written stands in `config/document.ts`. */
export const configDocument = z.strictObject({
  version: z.literal(DOCUMENT_VERSION),
  settings: settingsInput.optional(),
  secrets: z.array(secretDeclaration).default([]),
  policies: z.array(policyInput).default([]),
  connectors: z.array(connectorDeclaration).default([]),
  /** Whether one is on hold is for operators to say, not for a document. */
  providers: z.array(providerInput.omit({ paused: true })).default([]),
  routes: z.array(routeInput).default([]),
  clients: z.array(clientInput).default([]),
})
export type ConfigDocument = z.infer<typeof configDocument>
/** As it is written: without what follows from the rest. */
export type WrittenDocument = z.input<typeof configDocument>

/** `GET /v1/config`: JSON; with `Accept: application/yaml` the document alone, as YAML. */
export const configExport = z.object({ revision: z.int(), document: z.unknown() })
export type ConfigExport = z.infer<typeof configExport>

/** A document has this many bytes at most, as a request sends it. */
export const MAX_DOCUMENT_BYTES = 2_097_152

/** `POST /v1/config/plan {document}`: what `apply` would do. */
export const configPlanRequest = z.strictObject({ document: z.unknown() })
export const configPlan = z.object({
  /** The revision it was worked out against; `apply` takes it as `baseRevision`. */
  baseRevision: z.int(),
  changes: z.array(configChange),
  effects: z.array(z.string()),
})
export type ConfigPlan = z.infer<typeof configPlan>

/** `POST /v1/config/apply`. All of it in one revision, or nothing. With `baseRevision`, only if nothing changed since (412). */
export const configApplyRequest = z.strictObject({
  document: z.unknown(),
  reason: replayRequest.shape.reason,
  baseRevision: z.int().min(0).optional(),
})
export type ConfigApplyRequest = z.infer<typeof configApplyRequest>
/** `POST /v1/config-revisions/:revision/rollback`: what it declared is declared again, as a new revision. `baseRevision` as above. */
export const rollbackRequest = configApplyRequest.omit({ document: true })
export type RollbackRequest = z.infer<typeof rollbackRequest>
/** The answer to both. */
export const appliedConfig = configPlan.extend(changed)
export type AppliedConfig = z.infer<typeof appliedConfig>

/** `GET /v1/config-revisions`, newest first. */
export const configRevisionSummary = z.object({
  revision: z.int(),
  publishedAt: z.iso.datetime(),
  author: z.string(),
  reason: z.string(),
  inForce: z.boolean(),
})
export type ConfigRevisionSummary = z.infer<typeof configRevisionSummary>

/** `GET /v1/config-revisions/:revision`. */
export const configRevisionDetail = configRevisionSummary.extend({
  /** Since the revision before it. */
  changes: z.array(configChange),
  document: z.unknown(),
})
export type ConfigRevisionDetail = z.infer<typeof configRevisionDetail>

/** `GET /v1/config-revisions/:revision/compare?with=N`: what leads from this revision to that one (the one in force by default). */
export const configComparison = z.object({ from: z.int(), to: z.int(), changes: z.array(configChange) })
export type ConfigComparison = z.infer<typeof configComparison>

/** `GET /v1/config/in-use`: who runs on which revision; null for a Worker that does not say. */
export const configInUse = z.object({
  inForce: z.int(),
  workers: z.array(z.object({ worker: z.enum(['ingress', 'execution', 'control']), revision: z.int().nullable() })),
})
export type ConfigInUse = z.infer<typeof configInUse>

/** `GET /v1/settings`. Shards are moved on by themselves. */
export const settingsView = settings.extend({ etag })
export type SettingsView = z.infer<typeof settingsView>
/** `PATCH /v1/settings {resendGraceMs?, reason?}`. */
export const changedSettings = settingsView.extend(changed)
export type ChangedSettings = z.infer<typeof changedSettings>
