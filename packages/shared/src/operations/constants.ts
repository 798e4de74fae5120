/** No input is longer as JSON, bytes. */
export const MAX_INPUT_BYTES = 1_048_576
/** Inputs above this stand in R2 instead of the row, bytes. */
export const MAX_INLINE_INPUT_BYTES = 65_536
