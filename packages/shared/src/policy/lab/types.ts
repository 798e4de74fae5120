/** What the policy lab reads and answers; the contract is `contracts/policy-lab.ts`. Times in ms. */
import type { AttemptRecord } from '../../contracts/jobs.ts'
import type { RefusedBy } from '../types.ts'

/** One attempt as the log has it. */
export type RecordedAttempt = Pick<AttemptRecord, 'startedAt' | 'durationMs' | 'outcome' | 'status' | 'failure'>

/** All attempts of one generation of a job, oldest first. It came when the first of them began. */
export interface RecordedCall {
  id: string
  attempts: readonly RecordedAttempt[]
}

/** What became of one call, recorded or simulated. */
export interface CallStory {
  id: string
  arrivedAt: number
  outcome: 'succeeded' | 'failed' | 'unfinished'
  /** When it succeeded or was given up; null while it is unfinished. */
  endedAt: number | null
  attempts: readonly { startedAt: number; durationMs: number; failed: boolean }[]
  /** Times that it was not let through. */
  refused: Partial<Record<RefusedBy, number>>
}
