/** A message this little before its job's time is the awaited one, and only clocks disagree, ms. */
export const CLOCK_TOLERANCE_MS = 2_000

/** Waits after a failure of our own (database, configuration), seconds: in production it lasts, in development somebody watches. */
export const OWN_FAILURE_DELAY_SECONDS = { production: 60, development: 5 } as const

/** A job without a readable policy that only met failures of our own is given up after this, ms. */
export const MAX_OWN_FAILURE_MS = 86_400_000
