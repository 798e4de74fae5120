import { MAX_INPUT_BYTES } from '@orchestrator/shared/operations/constants'

/** The longest body of `POST /jobs`: an input and what stands beside it. */
export const MAX_BODY_BYTES = MAX_INPUT_BYTES + 16_384
export const MAX_BATCH_BODY_BYTES = 10_485_760
/** Inputs written to R2 at a time: an invocation may have six connections that wait for an answer. */
export const INPUT_CONCURRENCY = 6
