/** An administrator acts as a client, or with a lower role, for some minutes (`/v1/impersonations`, `/v1/as-client`). */
import * as z from 'zod'
import { actor, role } from './audit.ts'
import { replayRequest } from './control-api.ts'
import { slug } from './slug.ts'

const time = z.iso.datetime()

export const MAX_IMPERSONATION_MINUTES = 10

/** The header by which a request acts: the id of a running impersonation of one's own. */
export const IMPERSONATION_HEADER = 'orchestrator-impersonation'

/** `role:<role>` or `client:<id>`. */
export const actingAs = z.templateLiteral([z.enum(['role', 'client']), ':', z.string().min(1).max(64)]).refine(
  (text) => {
    const [kind, ...name] = text.split(':')
    return (kind === 'role' ? role : slug).safeParse(name.join(':')).success
  },
  `is role:<role> (${role.options.join(', ')}) or client:<id>`,
)

/** `POST /v1/impersonations`. */
export const impersonationRequest = z.strictObject({
  as: actingAs,
  minutes: z.int().min(1).max(MAX_IMPERSONATION_MINUTES).default(MAX_IMPERSONATION_MINUTES),
  reason: replayRequest.shape.reason,
})
export type ImpersonationRequest = z.infer<typeof impersonationRequest>

export const impersonation = z.object({
  id: z.string(),
  /** Who it is really. */
  actor,
  actingAs: z.string(),
  reason: z.string(),
  startedAt: time,
  expiresAt: time,
  /** When it was ended before its time. */
  endedAt: time.nullable(),
  running: z.boolean(),
})
export type Impersonation = z.infer<typeof impersonation>

/** How control tells execution as which client it calls. No caller from outside comes by the door that reads it. */
export const CLIENT_HEADER = 'orchestrator-client'

/** `POST /v1/impersonations/:id/call`: what the client's backend would send to execution. */
export const clientCallRequest = z.strictObject({
  method: z.enum(['GET', 'POST']),
  path: z
    .string()
    .max(2_000)
    .regex(
      /^\/(?:execute|jobs(?:\/[A-Za-z0-9_]+(?:\/cancel)?)?)(?:\?[\x21-\x7e]*)?$/,
      'is /execute, /jobs, /jobs/batch, /jobs/:id or /jobs/:id/cancel',
    ),
  /** The header of that name: what of it is usable is for execution to say, as it does to the client. */
  idempotencyKey: z
    .string()
    .regex(/^[\x20-\x7e]{1,300}$/, '1 to 300 printable ASCII characters')
    .optional(),
  /** JSON of a POST. */
  body: z.unknown().optional(),
})
export type ClientCallRequest = z.infer<typeof clientCallRequest>

/** What the client would have been answered. */
export const clientCallResponse = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  auditSeq: z.int().nullable(),
})
export type ClientCallResponse = z.infer<typeof clientCallResponse>

export const changedImpersonation = impersonation.extend({ auditSeq: z.int().nullable() })
export type ChangedImpersonation = z.infer<typeof changedImpersonation>
