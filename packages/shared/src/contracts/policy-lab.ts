/** `POST /v1/policies/lab`: what a draft policy would have made of calls that were recorded. Nothing is called or changed. */
import * as z from 'zod'
import { slug } from './slug.ts'

const time = z.iso.datetime()

export const policyLabRequest = z.strictObject({
  connector: slug,
  /** Only calls of this operation are run again; what others were answered still tells how the upstream did. */
  operation: slug.optional(),
  /** A policy as `POST /v1/policies` takes it, without an id; what is left out has its default. Or the id of one that exists. */
  policy: z.union([slug, z.record(z.string(), z.unknown())]),
  from: time,
  to: time,
})
export type PolicyLabRequest = z.infer<typeof policyLabRequest>

const latency = z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable()

/** How a policy did. Times in ms. */
export const labMeasures = z.object({
  calls: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  unfinished: z.int(),
  attempts: z.int(),
  attemptsPerCall: z.number(),
  failedAttempts: z.int(),
  /** From the first attempt to the end of the one that succeeded. */
  timeToSuccess: latency,
  /** The most attempts that began in one second. */
  peakPerSecond: z.int(),
  /** Times that a call was not let through, by what refused it. Recorded calls do not tell. */
  refused: z.record(z.string(), z.int()).nullable(),
  breakerOpenedAt: z.array(time).nullable(),
})
export type LabMeasures = z.infer<typeof labMeasures>

const outcome = z.enum(['succeeded', 'failed', 'unfinished'])
const ended = z.object({ outcome, attempts: z.int(), durationMs: z.number().nullable() })

export const policyLabReport = z.object({
  connector: slug,
  from: time,
  to: time,
  /** Rows of the log that were looked at; `capped` when the period has more, and the newest were taken. */
  scanned: z.int(),
  capped: z.boolean(),
  /** What happened. */
  observed: labMeasures,
  /** The policy in force in the same model: how near this is to `observed` tells how far the model can be believed. */
  inForce: labMeasures.nullable(),
  draft: labMeasures,
  /** Calls that end otherwise under the draft, up to 20. `id` is the job's. */
  differing: z.array(z.object({ id: z.string(), arrivedAt: time, observed: ended, draft: ended })),
  /** What the model takes for granted. A sentence each. */
  assumptions: z.array(z.string()),
})
export type PolicyLabReport = z.infer<typeof policyLabReport>
