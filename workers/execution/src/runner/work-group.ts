import type { ConfigSnapshot, Pause } from '@orchestrator/shared/contracts/config'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import { settleAll } from '../gates/settle-all.ts'
import type { TurnDeps } from '../queue/deps.ts'
import { logTurn } from '../queue/log-turn.ts'
import { callOf, settle, withCallback } from '../queue/settle.ts'
import { takeTurn, type Turn } from '../queue/take-turn.ts'
import { type End, writeEnds } from '../queue/write-ends.ts'
import { writeEvents } from '../queue/write-events.ts'
import { GATHER_MS, SLOW_CALL_MS, TELL_MS } from './constants.ts'
import type { GroupAnswer, JobGroup } from './group.ts'
import { beginCall, endCall, noteSlow } from './pace.ts'
import { settledWithin } from './settled-within.ts'

/** What a group came to within its time. */
export interface WorkedGroup {
  inTime: GroupAnswer
  /** Writes the ends that came later, and what the gates told after the ends. Never rejects. */
  rest: Promise<void>
}

/** One turn that has ended, as it is written. */
interface EndedTurn extends End {
  turn: Turn
}

/** A group that is worked. */
interface Work {
  group: JobGroup
  config: ConfigSnapshot
  /** Turns that ended and were not answered. */
  ended: EndedTurn[]
  /** How many turns run on. */
  running: number
  /** Tells that another turn ended. */
  wake(): void
  /** What the gates and the pausing of connectors have still to do. */
  kept: Promise<unknown>[]
}

/**
 * Works all jobs of a group at once. After `detachAfterMs` it answers what ended by then, and goes on with the rest by itself.
 * Rejects only when the configuration cannot be read, before anything was begun.
 */
export async function workGroup(deps: TurnDeps, group: JobGroup): Promise<WorkedGroup> {
  const config = await configOf(deps, group.revision)
  const work: Work = { group, config, ended: [], running: group.jobs.length, wake: () => undefined, kept: [] }
  const pauses = effectivePauses(config)
  const all: EndedTurn[] = []
  const turns = Promise.all(
    group.jobs.map(async (job) => {
      try {
        const ended = await workJob(deps, work, pauses, job)
        all.push(ended)
        work.ended.push(ended)
      } catch (error) {
        // A bug of ours: the lease ends, and the sweep brings the job.
        report(deps, 'turn', error)
      } finally {
        work.running--
        work.wake()
      }
    }),
  )
  let inTime: EndedTurn[] = []
  if (group.detachAfterMs > 0) {
    await settledWithin(deps.timer, turns, group.detachAfterMs)
    inTime = work.ended.splice(0)
    noteUnended(deps, group.jobs, inTime)
  }
  return { inTime: inTime.map(({ item }) => item), rest: close(deps, work, all) }
}

/** The configuration in force, at least as new as the consumer's. */
async function configOf(deps: TurnDeps, revision: number): Promise<ConfigSnapshot> {
  const config = await deps.config()
  return config.revision >= revision ? config : ((await deps.pinned(revision)) ?? config)
}

async function workJob(deps: TurnDeps, { group, config, kept }: Work, pauses: readonly Pause[], job: ClaimedJob) {
  const { leasedAttemptMs, shard } = group
  const own: Promise<unknown>[] = []
  const keep = (work: Promise<unknown>): void => {
    own.push(work)
    kept.push(work)
  }
  beginCall(deps.pace, job.connector, job.id, job.leaseUntil)
  const turn = await takeTurn(deps, job, { config, pauses, leasedAttemptMs, keep }).finally(() =>
    endCall(deps.pace, job.connector, job.id),
  )
  if ((callOf(turn.outcome)?.durationMs ?? 0) >= SLOW_CALL_MS) noteSlow(deps.pace, job.connector, deps.now())
  if (own.length > 0) await settledWithin(deps.timer, settleAll(own), TELL_MS)
  logTurn(deps, turn)
  const now = deps.now()
  const newJobId = () => newId('job', shard, now, deps.random)
  return { job, turn, item: withCallback(settle(turn, now, config.settings.resendGraceMs), job, newJobId) }
}

function noteUnended({ pace, now }: TurnDeps, jobs: readonly ClaimedJob[], ended: readonly EndedTurn[]): void {
  const done = new Set(ended.map(({ job }) => job.id))
  for (const { id, connector } of jobs) if (!done.has(id)) noteSlow(pace, connector, now())
}

/** What is left when the group was answered. Never rejects. */
async function close(deps: TurnDeps, work: Work, all: readonly EndedTurn[]): Promise<void> {
  try {
    const { shard, jobs } = work.group
    await writeLate(deps, work)
    const told: Turn['events'] = []
    await deps.gates.flush({ emit: (event) => void told.push(event), keep: (more) => void work.kept.push(more) })
    await settleAll(work.kept)
    const [first] = jobs
    if (first) await writeEvents(deps, { shard, trace: first.trace, connector: first.connector }, told)
    for (const { job, turn, item } of all) {
      const late = turn.events.slice(item.events.length)
      await writeEvents(deps, { shard, trace: turn.trace, connector: job.connector }, late)
    }
  } catch (error) {
    report(deps, 'detached', error)
  }
}

/** Writes the ends of detached turns as they come; those that end together are written together. */
async function writeLate(deps: TurnDeps, work: Work): Promise<void> {
  const { queue, shard, token } = work.group
  const to = { queue, shard, token, graceMs: work.config.settings.resendGraceMs }
  while (work.running > 0 || work.ended.length > 0) {
    if (work.ended.length === 0) await new Promise<void>((resolve) => (work.wake = resolve))
    if (work.running > 0) await new Promise<void>((resolve) => void deps.timer(GATHER_MS, resolve))
    await writeEnds(deps, to, work.ended.splice(0))
  }
}

function report(deps: TurnDeps, step: string, error: unknown): void {
  deps.logger.log('error', 'a job of a group could not be worked to its end', { step, cause: errorMessage(error) })
  deps.report(error, { step })
}
