/** Policies by API, as they are answered; as they are sent, they stand in policy-input.ts. */
import * as z from 'zod'
import { changed, etag } from './config-api.ts'
import { policy } from './policy.ts'

/** A policy as it is read. */
export const policyView = policy.extend({
  etag,
  /** Whose calls it governs. Operations as `connector/operation`. */
  usedBy: z.object({ connectors: z.array(z.string()), operations: z.array(z.string()), routes: z.array(z.string()) }),
  /** What works, but not as one might think. A sentence each. */
  warnings: z.array(z.string()),
})
export type PolicyView = z.infer<typeof policyView>

export const changedPolicy = policyView.extend(changed)
export type ChangedPolicy = z.infer<typeof changedPolicy>
