/** How long a lease outlives the attempt's own time, ms: asking the breaker before it, writing the result after it. */
export const LEASE_GRACE_MS = 15_000

/** A claim slower than this has failed, and then its jobs are released, ms. Together shorter than what callers wait for DATA. */
export const CLAIM_DEADLINE_MS = 6_000
export const RELEASE_DEADLINE_MS = 3_000

/** Leases of one generation that may run out. A job that takes its consumer down this often is put aside. */
export const MAX_LOST_LEASES = 5

/** Jobs of one queue and shard that one sweep takes. */
export const MAX_SWEPT = 1_000

/** The sweep asks seldom for a job that does not move, ms. */
export const MAX_RESEND_STEP_MS = 3_600_000
/** And most seldom for one whose turn has not come for days, ms. */
export const MAX_BEHIND_STEP_MS = 21_600_000

/** D1 takes at most 2 MB in one parameter; a batch of results is split before that, in characters. */
export const MAX_BATCH_CHARACTERS = 600_000
