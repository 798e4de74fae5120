/** Time limits do not fire while a Worker computes (clocks stand still), so evaluation is bounded by counting work. */

/** An expression is a mapping, not a program. */
export const MAX_EXPRESSION_LENGTH = 16_384
/**
 * Steps of one evaluation: nodes evaluated, functions called, and the size of what they read and make, in the units below. A
 * mapping of a large event takes some thousands.
 */
export const MAX_STEPS = 100_000
/** Characters of a text that passes through a node (copied or compared) for one step. */
export const TEXT_PASSED_PER_STEP = 1_024
/** Characters of a text that a function goes through one by one for one step. */
export const TEXT_READ_PER_STEP = 128
/** Values (elements, fields) that are gone through for one step. */
export const VALUES_PER_STEP = 16
/** Nested evaluations; a mapping needs a few dozen. */
export const MAX_DEPTH = 256
/** Values within values, in what is compared, made into text or answered. */
export const MAX_NESTING = 256
/** Elements of one sequence or array on the way. */
export const MAX_SEQUENCE = 10_000
/** Characters of one text on the way. */
export const MAX_TEXT_LENGTH = 1_048_576
/** Characters of a picture of numbers or dates. */
export const MAX_PICTURE_LENGTH = 256
/** Characters of the input as JSON: 1 MiB. */
export const MAX_INPUT_LENGTH = 1_048_576
/** Characters of the result as JSON. */
export const MAX_OUTPUT_LENGTH = 262_144
/** Characters of an error's message. */
export const MAX_MESSAGE_LENGTH = 500
