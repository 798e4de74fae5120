import { bulkTarget, type BulkTarget } from '@orchestrator/shared/contracts/bulk-api'
import type { Actor } from '@orchestrator/shared/contracts/audit'
import type { BulkOperationRow } from '@orchestrator/shared/db/data-schema'

/** Where something stands in the order that the walk follows: `[died_at, job, generation]` of a dead letter, else `[id]`. */
export type Key = readonly (string | number)[]

/** How far an operation has come. */
export interface Position {
  /** The shards that are not finished; the walk stands in the first. */
  shards: readonly number[]
  /** The last one there that was looked at; null at its top. */
  after: Key | null
  /**
   * What the next step works at. Written down before it is done: a step that dies in between finds the same ones again, and knows
   * by the operation's id which of them it has done.
   */
  taken: { shard: number; keys: readonly Key[] } | null
  /** When they were taken, ms; null before the first. */
  takenAt: number | null
  /** Steps that failed in a row. */
  failures: number
  /**
   * Of those it put back to work: how many had died again until a time, ms. Later ones are counted anew in each step. Negative by
   * what failed before it was resumed, where it had stopped by itself: that counts no more.
   */
  deaths: { until: number; count: number }
}

/** A row of `bulk_operations`, understood. Times in ms. */
export interface Operation extends Omit<BulkOperationRow, 'filter' | 'options' | 'position' | 'actorKind' | 'actorId' | 'kind'> {
  target: BulkTarget
  /** The configuration that dead jobs go on under, as it was in force when this began; null: the one that each of them pinned. */
  configRevision: number | null
  actor: Actor
  position: Position
  /** As it is stored: what a step writes holds only if nobody else moved it since. */
  positionText: string | null
}

type TargetColumns = Pick<BulkOperationRow, 'kind' | 'filter' | 'options'>

/** What of a target stands in which column. */
export function targetColumns(
  { kind, filter, ...options }: BulkTarget,
  configRevision: Operation['configRevision'],
): TargetColumns {
  return { kind, filter: JSON.stringify(filter), options: JSON.stringify({ ...options, configRevision }) }
}

export function readTarget({ kind, filter, options }: TargetColumns): Pick<Operation, 'target' | 'configRevision'> {
  const { configRevision = null, ...rest } = JSON.parse(options) as { configRevision?: number | null }
  return { target: bulkTarget.parse({ kind, filter: JSON.parse(filter), ...rest }), configRevision }
}

export function toOperation(row: BulkOperationRow): Operation {
  const { kind, filter, options, position, actorKind, actorId, ...rest } = row
  return {
    ...rest,
    ...readTarget({ kind, filter, options }),
    actor: { kind: actorKind, id: actorId },
    position: JSON.parse(position ?? 'null') ?? startOf([], rest.createdAt),
    positionText: position,
  }
}

/** Before the first step. `shards` are walked in this order. */
export function startOf(shards: readonly number[], startedAt: number): Position {
  return { shards, after: null, taken: null, takenAt: null, failures: 0, deaths: { until: startedAt, count: 0 } }
}
