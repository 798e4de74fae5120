/** An isolate writes the pause of one connector at most so often, ms: the breaker tells of the failing with every answer. */
export const PAUSE_EVERY_MS = 60_000

/** An isolate repeats a warning at most so often, ms. */
export const WARN_EVERY_MS = 3_600_000

/** Writing the configuration takes a few trips to D1 and R2; slower than this is given up, ms. It is tried again later. */
export const PAUSE_DEADLINE_MS = 10_000
