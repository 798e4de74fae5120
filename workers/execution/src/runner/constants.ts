/** Calls of one Runner. An invocation of a Worker may have six connections that wait for headers; the seventh would wait for them. */
export const MAX_CALLS = 6

/** A Runner answers after this at the latest, and finishes what has not ended by itself, ms: no upstream holds the next batch. */
export const DETACH_AFTER_MS = 2_000

/** Ends of the other groups are written after this, where some group may not be detached so soon, ms. */
export const WRITE_AFTER_MS = DETACH_AFTER_MS + 500

/**
 * Work that outlives its invocation's answer is ended after 30 s. What is detached may take this long, ms; the rest is for gates
 * and for writing the end. An attempt that may take longer is detached when no more than this is left of its time.
 */
export const MAX_DETACHED_MS = 20_000

/** A call this long makes its connector a slow one, ms. */
export const SLOW_CALL_MS = 1_000

/** A connector is slow for so long after its last slow call, ms. */
export const SLOW_FOR_MS = 30_000

/**
 * Calls that an isolate has in flight to a connector that is slow. They hold no batch, so nothing else bounds them; jobs beyond are
 * put off.
 */
export const MAX_SLOW_IN_FLIGHT = 96

/**
 * A job that found no place beside the slow calls asks again at the soonest after this, ms; the deferral makes it longer. Asking
 * costs about as much as a call, so a backlog that asked every second would take the queue from those that wait in it.
 */
export const SLOW_RETRY_MS = 5_000

/** What the gates still have to tell when a call has ended is waited for this long, so that its events stand in the job's log, ms. */
export const TELL_MS = 250

/** Detached turns that end within this are written together, ms. */
export const GATHER_MS = 50

/** A Runner that answers this much later than it should is lost, ms. */
export const RUNNER_GRACE_MS = 15_000
