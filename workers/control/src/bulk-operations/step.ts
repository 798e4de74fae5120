/**
 * One step of a bulk operation: does what was taken, takes the next ones, and writes both down in one guarded update. Whatever
 * it does can be repeated: a step that dies anywhere is done again by the next alarm, doubles nothing, and counts the same.
 */
import { exponential } from '@orchestrator/shared/core/backoff'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { MAX_MANY, type ManyOutcome } from '@orchestrator/shared/jobs/many'
import type { NextJob } from '@orchestrator/shared/jobs/ordering'
import { MAX_RETRY_MS, MAX_STEP_ITEMS, RETRY_BASE_MS, STEP_MS } from './constants.ts'
import type { Key, Operation, Position } from './operation.ts'
import { isWorthWaiting } from './waits.ts'

/** The next ones of a shard; `after` null: there are no more. */
export interface Chosen {
  keys: readonly Key[]
  after: Key | null
}

/** What a step writes. The numbers are added to those in the row. */
export interface Progress extends Pick<ManyOutcome, 'done' | 'skipped' | 'failed'> {
  /** Stands only where nobody changed it meanwhile, as a person does who pauses. */
  status: 'running' | 'stopped' | 'done'
  position: Position
  lastError: string | null
  now: number
  /** ms. */
  wakeAt: number
}

export interface StepDeps {
  now(): number
  read(id: string): Promise<Operation | undefined>
  /** False when the position is not the one that was read. */
  save(operation: Operation, progress: Progress): Promise<boolean>
  /** It waits for nobody but people from now on, unless one of them was quicker. */
  rest(operation: Operation): Promise<void>
  choose(operation: Operation, shard: number, after: Key | null, want: number): Promise<Chosen>
  /** At most {@link MAX_MANY} of one shard: all of them, or none. Repeating it answers the same. */
  act(operation: Operation, shard: number, keys: readonly Key[]): Promise<ManyOutcome>
  /** What cannot be sent is left to the sweep: never rejects. */
  send(jobs: readonly NextJob[]): Promise<void>
  /** How many of those that it put back to work died from then (ms) on, until before then. */
  countDeaths(operation: Operation, from: number, until: number): Promise<number>
  /** Writes into the audit log that it stopped or ended: once, however often it is called. */
  tell(operation: Operation): Promise<void>
  /** A step failed. */
  report(operation: Operation | undefined, error: unknown): void
}

const NOTHING = { done: 0, skipped: 0, failed: 0, status: 'running' } as const
const NO_OUTCOME: ManyOutcome = { done: 0, skipped: 0, failed: 0, error: null, next: [] }

/** Deaths are written down some time after they are dated: no count is final before this, ms. */
const DEATHS_SETTLE_MS = 60_000

/** Does a step that is due. Answers when the next one is, ms; null when there is none. */
export async function step(deps: StepDeps, id: string): Promise<number | null> {
  let operation: Operation | undefined
  try {
    operation = await deps.read(id)
    if (!operation || operation.wakeAt === null) return null
    if (operation.wakeAt > deps.now()) return operation.wakeAt
    if (operation.status !== 'running') return await conclude(deps, operation)
    const startedAt = deps.now()
    if (!operation.position.taken) {
      const { ratePerSecond, position: stood } = operation
      const want = allowance(ratePerSecond, stood.takenAt === null ? STEP_MS : startedAt - stood.takenAt)
      if (want === 0) return startedAt + STEP_MS
      const position = await take(deps, operation, want, startedAt)
      const { lastError, wakeAt } = operation
      if (!(await deps.save(operation, { ...NOTHING, position, lastError, wakeAt, now: startedAt }))) return startedAt
      operation = { ...operation, position, positionText: JSON.stringify(position) }
    }
    return await work(deps, operation, startedAt)
  } catch (error) {
    deps.report(operation, error)
    return backOff(deps, operation, error)
  }
}

/** A person or a step before this one ended or stopped it. */
async function conclude(deps: StepDeps, operation: Operation): Promise<null> {
  if (operation.status !== 'paused') await deps.tell(operation)
  await deps.rest(operation)
  return null
}

/** Chooses the next ones. */
async function take(deps: StepDeps, operation: Operation, want: number, startedAt: number): Promise<Position> {
  const { position } = operation
  let { shards, after } = position
  for (let shard = shards[0]; shard !== undefined; shard = shards[0]) {
    const chosen = await deps.choose(operation, shard, after, want)
    after = chosen.after
    if (after === null) shards = shards.slice(1)
    if (chosen.keys.length > 0) return { ...position, shards, after, taken: { shard, keys: chosen.keys }, takenAt: startedAt }
    // Looked at as many as one step may, and found none: the next one goes on there.
    if (after !== null) break
  }
  return { ...position, shards, after }
}

async function work(deps: StepDeps, operation: Operation, startedAt: number): Promise<number> {
  const outcome = await actOnTaken(deps, operation)
  const { position, failing } = await lookForDeaths(deps, operation, outcome)
  const over = position.shards.length === 0
  const status = over ? 'done' : failing ? 'stopped' : 'running'
  // While it looks through what the filter does not want, there is nothing to be slow about.
  const wakeAt = status === 'running' && operation.position.taken ? startedAt + STEP_MS : deps.now()
  // What kept whole steps from being done is over; what was wrong with one of many is still worth knowing.
  const lastError = outcome.error ?? (operation.position.failures > 0 ? null : operation.lastError)
  const settled = { ...position, taken: null, failures: 0 }
  const { done, skipped, failed } = outcome
  await deps.save(operation, { done, skipped, failed, status, position: settled, lastError, now: deps.now(), wakeAt })
  return wakeAt
}

/** So many may be taken after so long, ms. */
export function allowance(ratePerSecond: number, elapsedMs: number): number {
  return Math.floor(Math.min((ratePerSecond * Math.max(0, elapsedMs)) / 1_000, 2 * ratePerSecond, MAX_STEP_ITEMS))
}

async function actOnTaken(deps: StepDeps, operation: Operation): Promise<ManyOutcome> {
  const { taken } = operation.position
  let total: ManyOutcome = { ...NO_OUTCOME }
  if (!taken) return total
  for (let from = 0; from < taken.keys.length; from += MAX_MANY) {
    const part = await actOn(deps, operation, taken.shard, taken.keys.slice(from, from + MAX_MANY))
    await deps.send(part.next)
    total = sum(total, { ...part, next: [] })
  }
  return total
}

/**
 * A batch that the database refuses although it takes an empty one holds a row that it cannot digest: it is halved until that
 * row stands alone and counts as failed. Otherwise it is the database, and everything waits; as it does where the error itself says
 * that no row is to blame.
 */
async function actOn(deps: StepDeps, operation: Operation, shard: number, keys: readonly Key[]): Promise<ManyOutcome> {
  try {
    return await deps.act(operation, shard, keys)
  } catch (error) {
    if (keys.length === 0 || isWorthWaiting(error)) throw error
    await deps.act(operation, shard, [])
    deps.report(operation, error)
    if (keys.length === 1) return { ...NO_OUTCOME, failed: 1, error: errorMessage(error) }
    const middle = Math.ceil(keys.length / 2)
    const [first, second] = [keys.slice(0, middle), keys.slice(middle)]
    return sum(await actOn(deps, operation, shard, first), await actOn(deps, operation, shard, second))
  }
}

function sum(one: ManyOutcome, other: ManyOutcome): ManyOutcome {
  return {
    done: one.done + other.done,
    skipped: one.skipped + other.skipped,
    failed: one.failed + other.failed,
    error: one.error ?? other.error,
    next: [...one.next, ...other.next],
  }
}

/** Whether so many have failed that it is to stop. */
async function lookForDeaths(
  deps: StepDeps,
  operation: Operation,
  outcome: ManyOutcome,
): Promise<{ position: Position; failing: boolean }> {
  const { stopAfterFailures, position } = operation
  if (stopAfterFailures === null) return { position, failing: false }
  const now = deps.now()
  let { until, count } = position.deaths
  if (now - until > 2 * DEATHS_SETTLE_MS) {
    count += await deps.countDeaths(operation, until, now - DEATHS_SETTLE_MS)
    until = now - DEATHS_SETTLE_MS
  }
  const recent = await deps.countDeaths(operation, until, Number.MAX_SAFE_INTEGER)
  const failures = operation.failed + outcome.failed + count + recent
  return { position: { ...position, deaths: { until, count } }, failing: failures >= stopAfterFailures }
}

/** Never gives up: what is wrong stands in the row, where it can be written, and the next try comes later each time. */
async function backOff(deps: StepDeps, operation: Operation | undefined, error: unknown): Promise<number> {
  const failures = operation?.position.failures ?? 0
  const wakeAt = deps.now() + exponential(RETRY_BASE_MS, MAX_RETRY_MS, failures)
  if (!operation) return wakeAt
  try {
    const position = { ...operation.position, failures: failures + 1 }
    await deps.save(operation, { ...NOTHING, position, wakeAt, lastError: errorMessage(error), now: deps.now() })
  } catch (unsaved) {
    deps.report(operation, unsaved)
  }
  return wakeAt
}
