import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import { isIdempotent } from '@orchestrator/shared/policy/is-idempotent'
import type { Target } from '@orchestrator/shared/operations/resolve-target'
import { DETACH_AFTER_MS, MAX_CALLS, MAX_DETACHED_MS, MAX_SLOW_IN_FLIGHT } from './constants.ts'
import type { JobGroup } from './group.ts'

/** A job and what it calls, where that could be found out. */
export interface Aimed {
  job: ClaimedJob
  target: Target | undefined
}

export interface Grouping {
  groups: Pick<JobGroup, 'jobs' | 'detachAfterMs'>[]
  /** Jobs of slow connectors that have as many calls in flight as they may. */
  surplus: ClaimedJob[]
}

export interface GroupingRules {
  /** Of a connector, whether it was slow lately, and its calls in flight. */
  paceOf: (connector: string) => { slow: boolean; inFlight: number }
  /** The longest attempt of any policy, ms: for jobs whose own is not known. */
  longestAttemptMs: number
}

/**
 * Shares jobs out to Runners: each connector has Runners of its own, so that it holds up nobody but itself, and as many calls in
 * each as an invocation may have in flight. Those of a slow connector are detached at once, the others after two seconds.
 */
export function makeGroups(jobs: readonly Aimed[], { paceOf, longestAttemptMs }: GroupingRules): Grouping {
  const grouping: Grouping = { groups: [], surplus: [] }
  for (const [connector, all] of Map.groupBy(jobs, ({ job }) => job.connector)) {
    const { slow, inFlight } = paceOf(connector)
    const room = slow ? Math.max(0, MAX_SLOW_IN_FLIGHT - inFlight) : all.length
    grouping.surplus.push(...all.slice(room).map(({ job }) => job))
    for (const members of chunks(all.slice(0, room))) {
      const longestMs = Math.max(...members.map(({ target }) => longestTurn(target, longestAttemptMs)))
      const detachAfterMs = Math.max(slow ? 0 : DETACH_AFTER_MS, longestMs - MAX_DETACHED_MS)
      grouping.groups.push({ jobs: members.map(({ job }) => job), detachAfterMs })
    }
  }
  return grouping
}

/** Parts that may have as many calls in flight as an invocation, in their order. */
function chunks(members: readonly Aimed[]): Aimed[][] {
  const parts: Aimed[][] = []
  let free = 0
  for (const member of members) {
    const calls = Math.min(MAX_CALLS, 1 + hedges(member.target))
    const part = parts.at(-1)
    if (part && calls <= free) part.push(member)
    else {
      parts.push([member])
      free = MAX_CALLS
    }
    free -= calls
  }
  return parts
}

function hedges(target: Target | undefined): number {
  return target?.policy.hedge && isIdempotent(target.operation) ? target.policy.hedge.max : 0
}

/** How long a turn may take, ms: its attempt, or the last of its hedged calls. */
function longestTurn(target: Target | undefined, longestAttemptMs: number): number {
  if (!target) return longestAttemptMs
  const { timeout, hedge } = target.policy
  return timeout.perAttemptMs + hedges(target) * (hedge?.delayMs ?? 0)
}
