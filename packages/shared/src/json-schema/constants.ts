/** Time limits do not fire while a Worker computes (clocks stand still), so validation is bounded by counting work. */

/** Characters of a schema as JSON. */
export const MAX_SCHEMA_LENGTH = 65_536
/** Schemas within a schema. */
export const MAX_SCHEMAS = 2_000
/** Schemas nested in each other. */
export const MAX_SCHEMA_DEPTH = 64
/** Characters of an input as JSON: 1 MiB. */
export const MAX_INPUT_LENGTH = 1_048_576
/** Steps of one validation: each schema that is applied to a value is one, and what it compares by itself some more. */
export const MAX_STEPS = 100_000
/** Comparisons of names and values for one step. */
export const COMPARISONS_PER_STEP = 16
/** Values of a list whose items must differ, by the items they are compared with, for one step. */
export const COMPARED_PER_STEP = 64
/** States of a pattern that are advanced by one character for one step. */
export const STATES_PER_STEP = 64
/** Characters of a pattern, and its states once every counted repetition is written out. */
export const MAX_PATTERN_LENGTH = 1_000
export const MAX_PATTERN_STATES = 2_000
/** Texts that a format is tried on, characters: no address, date or id is longer. */
export const MAX_FORMATTED_LENGTH = 4_096
/** What one answer lists. */
export const MAX_ISSUES = 50
