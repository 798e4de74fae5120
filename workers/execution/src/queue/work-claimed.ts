import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import { concerns, effectivePauses } from '@orchestrator/shared/jobs/pauses'
import { resolveJobTarget, type Target } from '@orchestrator/shared/operations/resolve-target'
import { breakerDecisions } from '../gates/gated-call.ts'
import type { Demand, GateTools } from '../gates/gates.ts'
import { settleAll } from '../gates/settle-all.ts'
import { DETACH_AFTER_MS, WRITE_AFTER_MS } from '../runner/constants.ts'
import type { GroupAnswer, JobGroup } from '../runner/group.ts'
import { type Aimed, makeGroups } from '../runner/make-groups.ts'
import { callsInFlight, isSlow, noteSlow } from '../runner/pace.ts'
import { settledWithin } from '../runner/settled-within.ts'
import { workGroup } from '../runner/work-group.ts'
import type { QueueDeps } from './deps.ts'
import { putOff } from './put-off.ts'
import { type End, writeEnds } from './write-ends.ts'
import { writeEvents } from './write-events.ts'

/** What all jobs of a claim share. */
export type Claim = Pick<JobGroup, 'queue' | 'shard' | 'token' | 'leasedAttemptMs'>

/**
 * Works claimed jobs: their gates are asked once for all, then Runners make the calls, then what came in time is written in one
 * batch, or two where a group takes long. Answers the jobs that nobody works any more and whose end could not be written: their messages are wanted again.
 */
export async function workClaimed(
  deps: QueueDeps,
  config: ConfigSnapshot,
  claim: Claim,
  jobs: readonly ClaimedJob[],
): Promise<Set<string>> {
  if (jobs.length === 0) return new Set()
  const pauses = effectivePauses(config)
  const isPaused = (job: ClaimedJob) => pauses.some((pause) => concerns(pause, job))
  const held = jobs.filter(isPaused)
  const callable = jobs.filter((job) => !isPaused(job))
  const aimed = await Promise.all(callable.map(async (job): Promise<Aimed> => ({ job, target: await aim(deps, config, job) })))
  const { groups, surplus } = makeGroups(aimed, {
    paceOf: (connector) => ({
      slow: isSlow(deps.pace, connector, deps.now()),
      inFlight: callsInFlight(deps.pace, connector, deps.now()),
    }),
    longestAttemptMs: claim.leasedAttemptMs,
  })
  const beyond = new Set(surplus)
  const called = aimed.filter(({ job }) => !beyond.has(job))
  await prime(deps, config, claim, called)
  const { revision, settings } = config
  const undone = new Set<string>()
  const byId = new Map(jobs.map((job) => [job.id, job]))
  const ends: End[] = surplus.map((job) => putOff(deps, job, settings.resendGraceMs))
  const take = (answer: GroupAnswer): void => {
    for (const item of answer) {
      const job = byId.get(item.jobId)
      if (job) ends.push({ job, item })
    }
  }
  const { queue, shard, token } = claim
  const write = () => writeEnds(deps, { queue, shard, token, graceMs: settings.resendGraceMs }, ends.splice(0))
  const working = Promise.all([
    workHere(deps, { ...claim, revision, detachAfterMs: DETACH_AFTER_MS, jobs: held }, undone).then(take),
    ...groups.map((group) => runGroup(deps, { ...claim, ...group, revision }, undone).then(take)),
  ])
  // A group with a long timeout may hold the batch for long; the ends of the others do not wait for it.
  await settledWithin(deps.timer, working, WRITE_AFTER_MS)
  const early = await write()
  await working
  return new Set([...undone, ...early, ...(await write())])
}

/** What a job calls; `undefined` where that is not known here: its turn finds out, and says why. */
async function aim(deps: QueueDeps, config: ConfigSnapshot, job: ClaimedJob): Promise<Target | undefined> {
  const known = job.configRevision === config.revision
  const pinned = known ? config : await deps.pinned(job.configRevision).catch(() => undefined)
  const target = pinned && resolveJobTarget(pinned, config, job)
  return target?.ok ? target.value : undefined
}

/** Asks the gates ahead, once for each connector and limit. */
async function prime(deps: QueueDeps, config: ConfigSnapshot, { shard }: Claim, jobs: readonly Aimed[]): Promise<void> {
  const [first] = jobs
  if (!first) return
  const told: Omit<LogEvent, 'jobId'>[] = []
  const kept: Promise<unknown>[] = []
  const tools: GateTools = {
    emit: (event) => void told.push(event),
    keep: (work) => void kept.push(work),
    onFailing: (connector, policy, failingSince) => deps.autoPause.onFailing({ connector, policy, config, tools }, failingSince),
  }
  await deps.gates.prime(demandsOf(config, jobs), tools)
  const { connector, trace } = first.job
  deps.keep(settleAll(kept).then(() => writeEvents(deps, { shard, trace, connector }, told)))
}

function demandsOf(config: ConfigSnapshot, jobs: readonly Aimed[]): Demand[] {
  const demands = new Map<string, Demand>()
  for (const { target } of jobs) {
    if (!target) continue
    const { connector, policy, limitScope } = target
    const key = JSON.stringify([connector.id, policy.id])
    const count = 1 + (demands.get(key)?.count ?? 0)
    demands.set(key, { connector: connector.id, policy, limitScope, ...breakerDecisions(config, connector.id), count })
  }
  return [...demands.values()]
}

/** Jobs that make no call need no Runner. Never rejects. */
async function workHere(deps: QueueDeps, group: JobGroup, undone: Set<string>): Promise<GroupAnswer> {
  if (group.jobs.length === 0) return []
  try {
    const { inTime, rest } = await workGroup(deps, group)
    deps.keep(rest)
    return inTime
  } catch (error) {
    return giveBack(deps, group, undone, error)
  }
}

/** Hands a group to a Runner. Never rejects. */
async function runGroup(deps: QueueDeps, group: JobGroup, undone: Set<string>): Promise<GroupAnswer> {
  try {
    const answer = await deps.runGroup(group)
    const inTime = new Set(answer.map(({ jobId }) => jobId))
    const detached = group.jobs.filter(({ id }) => !inTime.has(id))
    // Where the Runner ran in another isolate, this one learns of it here.
    if (group.detachAfterMs > 0) for (const { connector } of detached) noteSlow(deps.pace, connector, deps.now())
    return answer
  } catch (error) {
    return giveBack(deps, group, undone, error)
  }
}

/** The jobs of a group that was lost come again by their messages: whether it called is unknown. */
function giveBack(deps: QueueDeps, { shard, jobs }: JobGroup, undone: Set<string>, error: unknown): GroupAnswer {
  deps.logger.log('error', 'a Runner was lost', { shard, jobs: jobs.length, cause: errorMessage(error) })
  deps.report(error, { step: 'runner' })
  for (const { id } of jobs) undone.add(id)
  return []
}
