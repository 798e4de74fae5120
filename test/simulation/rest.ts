import { concerns } from '@orchestrator/shared/jobs/pauses'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { before } from './snapshot.ts'
import { sweep } from './sweeper.ts'
import type { World } from './world.ts'

const SWEEP_EVERY_MS = 60_000
/** A job that has not come to rest after this is stuck: longer than any delay, any deadline and the slowest looks of the sweep. */
const PATIENCE_MS = 2 * 86_400_000

/** Lets a time pass, with a sweep every minute. */
export async function pass(world: World, ms: number): Promise<void> {
  const { scheduler } = world
  const end = scheduler.now + ms
  const sweepAgain = () => {
    sweep(world)
    if (scheduler.now + SWEEP_EVERY_MS < end) scheduler.after(SWEEP_EVERY_MS, sweepAgain)
  }
  scheduler.after(world.rng.int(0, SWEEP_EVERY_MS), sweepAgain)
  while (world.violation === undefined && (scheduler.nextAt ?? end) < end) await scheduler.step()
}

/** Lets the world go on until nothing happens any more by itself. Sweeps that would find nothing are left out. */
export async function comeToRest(world: World): Promise<void> {
  const { scheduler } = world
  const patience = scheduler.now + PATIENCE_MS
  let sweptAt = scheduler.now
  while (world.violation === undefined) {
    const moving = movingJobs(world)
    const wakeAt = Math.min(...moving.map((job) => job.wakeAt ?? Number.POSITIVE_INFINITY))
    const sweepAt = Math.max(sweptAt + SWEEP_EVERY_MS, wakeAt)
    const nextAt = scheduler.nextAt ?? Number.POSITIVE_INFINITY
    if (Math.min(sweepAt, nextAt) === Number.POSITIVE_INFINITY) return
    if (scheduler.now > patience) return world.fail(`stuck: ${moving.map(describeJob).join() || 'messages go round'}`)
    if (sweepAt < nextAt) {
      scheduler.after(sweepAt - scheduler.now, () => sweep(world))
      sweptAt = sweepAt
    }
    await scheduler.step()
  }
}

function describeJob({ id, state, lastError, wakeAt }: JobRow): string {
  return `${id} (${state}, wakes at ${wakeAt}, ${lastError})`
}

/** Jobs that must go on by themselves. */
function movingJobs(world: World): JobRow[] {
  return [...world.oracle.snapshot.jobs.values()].filter((job) => job.wakeAt !== null && !waitsForOperator(world, job))
}

/** Held by a pause in force, or behind a job that is, or behind a dead one that blocks: an operator can let it go. */
export function waitsForOperator(world: World, job: JobRow): boolean {
  const [first] = before(world.oracle.snapshot, job)
  if (first) return first.state === 'dead' || isHeld(world, first)
  return isHeld(world, job)
}

function isHeld(world: World, job: JobRow): boolean {
  return job.state === 'held' && world.configuration.newest.pauses.some((pause) => concerns(pause, job))
}
