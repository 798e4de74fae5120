/** What is done to many jobs of one shard at once: one batch of D1, one row of the log for every {@link JOBS_PER_ROW} of them. */
import type { Actor } from '../contracts/audit.ts'
import type { NextJob } from './ordering.ts'

/** One batch takes no more: it keeps the database busy for some tens of ms, and others wait meanwhile. */
export const MAX_MANY = 100

/** A row of the log tells of no more jobs than this: whoever reads the story of one of them reads the whole row. */
const JOBS_PER_ROW = 50

/** What all of them have in common. Times in ms. */
export interface ManyRequest {
  /** The operation that does it. What it has done is known by it, also when an answer of D1 was lost. */
  bulkId: string
  reason: string
  actor: Actor
  /** Sequence of the audit row that holds the intent. */
  auditSeq: number
  now: number
  /** How long messages may take before the sweep sends them, ms. */
  graceMs: number
}

export interface ManyOutcome {
  /** By this operation, now or by an earlier try. */
  done: number
  /** No longer as it was when it was chosen: others were quicker. */
  skipped: number
  failed: number
  /** Why the first of those failed. */
  error: string | null
  /** Jobs whose messages are to be sent. */
  next: NextJob[]
}

/** What the log tells of each of them. */
export function manyData({ bulkId, reason, actor, auditSeq }: ManyRequest): string {
  return JSON.stringify({ reason, actor, auditSeq, bulkId })
}

/** The items that share a row of the log, as JSON. None make one, too: a batch of nothing tells whether the database takes any. */
export function inRows<T>(items: readonly T[]): string[] {
  const starts = Array.from({ length: Math.max(1, Math.ceil(items.length / JOBS_PER_ROW)) }, (_, n) => n * JOBS_PER_ROW)
  return starts.map((from) => JSON.stringify(items.slice(from, from + JOBS_PER_ROW)))
}
