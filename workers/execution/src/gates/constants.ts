/** A Durable Object that takes longer counts as unavailable, ms. */
export const DURABLE_OBJECT_DEADLINE_MS = 2_000

/** When the breaker or limiter cannot be asked and its policy fails closed, calls ask again after this, ms. */
export const UNAVAILABLE_RETRY_MS = 5_000

/** Where operators forced a breaker open that the policy does not have, calls ask again after this, ms. */
export const FORCED_OPEN_RETRY_MS = 5_000

/** One that could not be asked is not asked again for this long: calls need not wait for it one after another, ms. */
export const UNAVAILABLE_FOR_MS = 1_000

/** What an isolate knows of a breaker may be so old, ms; half of that, and it asks again while calls go on. */
export const BREAKER_FRESH_MS = 1_000

/** Refused while others try a half-open breaker, an isolate does not ask for every further call, ms. */
export const HALF_OPEN_REFUSAL_MS = 100

/** Hops that one invocation makes one after another to tell a breaker of failures, its own and those of others. */
export const MAX_TELLS = 10

/** A permit that takes longer than this to come again is not leased ahead: if its call is not made, it is lost, ms. */
export const DEAR_PERMIT_MS = 1_000

/** Answers that came too late to be used are asked for again, so often. A Durable Object that starts is slow once. */
export const LATE_TRIES = 3

/** When a call in flight elsewhere will end is unknown: whoever finds no place asks again after this, ms. */
export const CONCURRENCY_RETRY_MS = 1_000

/** An isolate that found no place does not ask for every further call, ms. */
export const NO_PLACE_FOR_MS = 100

/** A place outlives the attempt by all that may come between it and the call (answers of Durable Objects, secrets), ms. */
export const PLACE_GRACE_MS = 30_000

/** Limits, breakers and budgets remembered in an isolate; those used longest ago are forgotten first. Keys may be customers. */
export const MAX_REMEMBERED = 5_000

/** One word an isolate and minute about a key that cannot be read, ms. */
export const KEY_FAILURE_EVERY_MS = 60_000
