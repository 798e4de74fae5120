/** Time limits do not fire while a Worker computes (clocks stand still), so evaluation is bounded by counting. */

/** An expression is a mapping, not a program. */
export const MAX_EXPRESSION_LENGTH = 16_384
/** Nodes evaluated. A mapping of a large event takes some thousands; this many take well under a second. */
export const MAX_STEPS = 100_000
/** Nested evaluations; a mapping needs a few dozen. */
export const MAX_DEPTH = 256
/** Elements of one sequence or array on the way. */
export const MAX_SEQUENCE = 10_000
/** Characters of one text on the way. */
export const MAX_TEXT_LENGTH = 1_048_576
/** Characters of the input as JSON: 1 MiB. */
export const MAX_INPUT_LENGTH = 1_048_576
/** Characters of the result as JSON. */
export const MAX_OUTPUT_LENGTH = 262_144
