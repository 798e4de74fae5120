/** The longest body of a request, bytes. */
export const MAX_BODY_BYTES = 1_048_576
/** How long after its deadline a request that holds a key is given up for lost, ms: enough to store its answer. */
export const LOCK_GRACE_MS = 15_000
/** Bodies of stored answers above this, and all that are not text, stand in R2; characters. */
export const MAX_INLINE_ANSWER = 65_536
/** Raw bodies up to this are kept under their key, bytes. */
export const MAX_KEPT_STREAM_BYTES = 1_048_576
/** A request that meets its own key in flight asks again after this, seconds. */
export const IN_FLIGHT_RETRY_SECONDS = 1
