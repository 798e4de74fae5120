/** Configuration by API: providers, routes and secrets, as callers send them and as they are answered. */
import * as z from 'zod'
import { dryRun } from './change.ts'
import { provider, route } from './config.ts'
import { replayRequest } from './control-api.ts'
import { factSource } from './fact.ts'
import { dedupeRule, preset } from './preset.ts'
import { variableName } from './variable-name.ts'

const time = z.iso.datetime()

/** Why, for the audit log. Where somebody is refused or let in by it, people will ask later. */
export const reason = replayRequest.shape.reason.optional()

/** What `enable`, `disable` and deletions may say. */
export const reasonRequest = z.strictObject({ reason })
export type ReasonRequest = z.infer<typeof reasonRequest>

/** A custom sender: the same data as a preset. What is left out follows from the rest. */
const customInput = preset.extend({
  id: z.literal('custom').default('custom'),
  /** The provider's id by default. */
  title: z.string().min(1).max(100).optional(),
  eventId: factSource.nullable().default(null),
  eventType: factSource.nullable().default(null),
  /** By default the event's id where it is signed, the id and the body where it is not, the body where there is none. */
  dedupe: dedupeRule.optional(),
  /** Follows from `verification`: it need not be told, and a wish for more than is proven is refused. */
  bodyAuthenticated: z.boolean().optional(),
  methods: preset.shape.methods.default(['POST']),
  handshakes: preset.shape.handshakes.default([]),
  reply: preset.shape.reply.default({ status: 200, body: { kind: 'result' } }),
})
export type CustomInput = z.infer<typeof customInput>

const MiB = 1_048_576
const DAY_MS = 86_400_000

/** A provider as it is created. */
export const providerInput = z.strictObject({
  ...provider.shape,
  custom: customInput.optional(),
  enabled: provider.shape.enabled.default(true),
  paused: provider.shape.paused.default(false),
  secret: provider.shape.secret.default(null),
  bodyLimitBytes: provider.shape.bodyLimitBytes.default(25 * MiB),
  dedupeWindowMs: provider.shape.dedupeWindowMs.default(7 * DAY_MS),
})
export type ProviderInput = z.infer<typeof providerInput>

/** A route as it is created. */
export const routeInput = z.strictObject({
  ...route.shape,
  enabled: route.shape.enabled.default(true),
  queue: route.shape.queue.default('webhook'),
})
export type RouteInput = z.infer<typeof routeInput>

/**
 * The version of one thing of the configuration: in quotes, as `If-Match` takes it. It changes with the thing itself, and with nothing
 * that is only told beside it.
 */
export const etag = z.string()

/** A provider as it is read. */
export const providerView = provider.extend({
  etag,
  title: z.string(),
  scheme: z.string(),
  /** Where the sender posts to, on the host of ingress. */
  path: z.string(),
  bodyAuthenticated: z.boolean(),
  /** The routes that take its events, disabled ones too. */
  routes: z.array(z.string()),
  /** What works, but not as one might think. A sentence each. */
  warnings: z.array(z.string()),
})
export type ProviderView = z.infer<typeof providerView>

export const routeView = route.extend({ etag })
export type RouteView = z.infer<typeof routeView>

/** A secret without its value, which nothing ever answers. */
export const secretView = z.object({
  etag,
  name: z.string(),
  source: z.enum(['stored', 'env', 'store']),
  /** Whether a value was ever given; null where it comes from outside (`POST /v1/secrets/:name/verify` looks). */
  hasValue: z.boolean().nullable(),
  /** Of a `stored` one, the current version first. The current one is valid without end. */
  versions: z.array(
    z.object({
      version: z.int(),
      validUntil: time.nullable(),
      /** Null in versions of older releases. */
      createdAt: time.nullable(),
    }),
  ),
  /** The Worker secrets or Secrets Store bindings that hold the others. */
  bindings: z.array(z.string()),
  usedBy: z.object({ providers: z.array(z.string()), connectors: z.array(z.string()) }),
  /** When somebody it belongs to was last at work with the current value; up to two minutes old. Duplicates do not count. */
  lastUsedAt: time.nullable(),
  /** When a provider last needed a previous value. Once nobody does any more, it can be ended. */
  previousLastUsedAt: time.nullable(),
})
export type SecretView = z.infer<typeof secretView>

export const secretName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dots, dashes and underscores')

/** Where a value comes from: what is sent is kept, sealed; or it is a Worker secret, or a binding to the Secrets Store. */
export const secretInput = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('stored').optional(),
    /** It is kept as UTF-8, which has no half characters: another value would come out than was sent. */
    value: z
      .string()
      .min(1)
      .max(16_384)
      .refine((value) => value.isWellFormed(), 'is no well-formed Unicode'),
    /** The value before stays valid for as long as said, so that a sender can change over. */
    previousValidForSeconds: z
      .int()
      .min(0)
      .max(30 * 86_400)
      .default(86_400),
    reason,
  }),
  z.strictObject({ source: z.literal('env'), variable: variableName, previousVariable: variableName.optional(), reason }),
  z.strictObject({ source: z.literal('store'), binding: variableName, previousBinding: variableName.optional(), reason }),
])
export type SecretInput = z.infer<typeof secretInput>

/**
 * With every answer to a change: the revision that has it, and its place in the audit log; null when nothing was to change. A
 * dry run (`?dryRun=true`) tells what it would do instead, and does nothing.
 */
export const changed = { configRevision: z.int(), auditSeq: z.int().nullable(), dryRun: dryRun.optional() }

export const changedProvider = providerView.extend(changed)
export type ChangedProvider = z.infer<typeof changedProvider>
export const changedRoute = routeView.extend(changed)
export type ChangedRoute = z.infer<typeof changedRoute>
export const changedSecret = secretView.extend({ ...changed, warnings: z.array(z.string()) })
export type ChangedSecret = z.infer<typeof changedSecret>
export const deleted = z.object({ id: z.string(), deleted: z.literal(true), ...changed })
export type Deleted = z.infer<typeof deleted>

/** A list of configuration: the last added first, all of one revision. */
export function configPage<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), configRevision: z.int() })
}
