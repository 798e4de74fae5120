/** How one dead job goes on (`POST /v1/dead-letters/:id/replay`). */
import * as z from 'zod'
import { replayOptions } from './bulk-api.ts'
import { replayRequest } from './control-api.ts'

export const deadLetterReplayRequest = replayRequest.extend({
  ...replayOptions.shape,
  /**
   * What it sends instead of what it had: JSON that its operation takes, at most 1 MiB. Of a job that came of a webhook it stands for
   * all of it: where the operation sends the body as it came, that is `{body, contentType?, encoding?, headers?}`.
   */
  input: z.unknown().optional(),
})
export type DeadLetterReplayRequest = z.infer<typeof deadLetterReplayRequest>

/** What an edit changed, by RFC 6902: from what the job would have sent to what it sends. As the audit log has it. */
export const inputDiff = z.object({
  /** Of the new input as compact JSON. */
  bytes: z.int(),
  sha256: z.string(),
  /** Null where what it would have sent cannot be told; `unavailable` says why. Values of fields that sound like secrets are redacted. */
  patch: z
    .array(z.object({ op: z.enum(['add', 'remove', 'replace']), path: z.string(), value: z.unknown().optional() }))
    .nullable(),
  /** Operations that did not fit. */
  omitted: z.int(),
  unavailable: z.string().optional(),
})
export type InputDiff = z.infer<typeof inputDiff>
