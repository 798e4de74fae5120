/** A Durable Object that takes longer counts as unavailable, ms. */
export const DURABLE_OBJECT_DEADLINE_MS = 2_000

/** When the breaker or limiter cannot be asked and its policy fails closed, calls ask again after this, ms. */
export const UNAVAILABLE_RETRY_MS = 5_000
