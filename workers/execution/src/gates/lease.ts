/**
 * What an isolate holds of one rate limit, as data: permits that it leased, what it asked for, how fast its calls come, and until
 * when asking is no use. Only this file changes it, and never across an `await`, so that concurrent calls count right.
 */
import type { LeasePlan } from '../durable/lease-plan.ts'

export interface Lease {
  /** Permits and when they lapse, in order of asking. */
  lots: Lot[]
  /** Hops under way: for how many permits, and when they count as lost, ms. */
  asking: { count: number; until: number }[]
  /** The bucket is empty until then, ms. */
  emptyUntil: number
  /** What the bucket held when it was last asked. */
  remaining: number
  /** Calls of the last time, the older the less they weigh, as of `weighedAt`, ms. */
  weight: number
  weighedAt: number
}

export interface Lot {
  permits: number
  until: number
}

/** Calls of about this time tell how many come next, ms. */
const MEMORY_MS = 1_000

/** What of the calls expected in a lease's time is leased: what is not used is lost, and calls come unevenly. */
const PRUDENCE = 0.7

/** An isolate does not come back for the next permits at once: all would, for each. A part of the lease, and ms at most. */
const PAUSE_SHARE = 1 / 8
const MAX_PAUSE_MS = 50

export function newLease(): Lease {
  return { lots: [], asking: [], emptyUntil: 0, remaining: 0, weight: 0, weighedAt: 0 }
}

/** A call came. */
export function noteCall(lease: Lease, now: number): void {
  lease.weight = weightAt(lease, now) + 1
  lease.weighedAt = Math.max(lease.weighedAt, now)
}

/** Uses one of the permits that lapse first; answers its lot, or `null`. */
export function spend(lease: Lease, now: number): Lot | null {
  lease.lots = lease.lots.filter(({ permits, until }) => permits > 0 && until > now)
  const [lot] = lease.lots
  if (!lot) return null
  lot.permits--
  return lot
}

/** The call was not made after all: another may have its permit. */
export function putBack(lease: Lease, lot: Lot): void {
  lot.permits++
  if (!lease.lots.includes(lot)) lease.lots.unshift(lot)
}

/** How many permits are worth having beside those of `waiting` calls that need one now. */
export function wanted(lease: Lease, plan: LeasePlan, now: number, waiting: number): number {
  const asked = liveAsking(lease, now).reduce((sum, { count }) => sum + count - 1, 0)
  return waiting + Math.max(0, Math.floor(expected(lease, plan, now)) - waiting - held(lease, now) - asked)
}

/** Whether more should be leased while those held are used: fewer than half of what is expected are left. */
export function runsLow(lease: Lease, plan: LeasePlan, now: number): boolean {
  if (now < lease.emptyUntil || liveAsking(lease, now).length > 0) return false
  return held(lease, now) < Math.floor(expected(lease, plan, now) / 2)
}

/** A hop begins. `done` is called when it ended; one that died with its request is forgotten after `lostAfterMs`. */
export function beginAsking(lease: Lease, count: number, now: number, lostAfterMs: number): { done(): void } {
  const asking = { count, until: now + lostAfterMs }
  lease.asking = [...liveAsking(lease, now), asking]
  return { done: () => void (lease.asking = lease.asking.filter((one) => one !== asking)) }
}

/** Takes the answer to a hop that began at `startedAt`: its permits last from there. */
export function takeAnswer(
  lease: Lease,
  plan: LeasePlan,
  answer: { permits: number; retryAfterMs: number; remaining: number },
  { count, startedAt }: { count: number; startedAt: number },
  now: number,
): void {
  const until = startedAt + plan.leaseMs
  if (answer.permits > 0 && until > now) lease.lots.push({ permits: answer.permits, until })
  lease.remaining = answer.remaining
  if (answer.permits < count) {
    // The bucket spoke about half a journey ago.
    const spokenAt = (startedAt + now) / 2
    const pauseMs = Math.min(MAX_PAUSE_MS, plan.leaseMs * PAUSE_SHARE)
    lease.emptyUntil = Math.max(lease.emptyUntil, spokenAt + Math.max(answer.retryAfterMs, pauseMs))
  }
}

/** How many permits are left, as far as the isolate knows: its own and those of the bucket. */
export function left(lease: Lease, now: number): number {
  return held(lease, now) + lease.remaining
}

/** Permits that have not lapsed. */
export function held(lease: Lease, now: number): number {
  return lease.lots.reduce((sum, { permits, until }) => (until > now ? sum + permits : sum), 0)
}

/** Calls in the time of a lease that are worth leasing for. */
function expected(lease: Lease, plan: LeasePlan, now: number): number {
  return (weightAt(lease, now) / MEMORY_MS) * plan.leaseMs * PRUDENCE
}

function liveAsking(lease: Lease, now: number): Lease['asking'] {
  return lease.asking.filter(({ until }) => until > now)
}

function weightAt({ weight, weighedAt }: Lease, now: number): number {
  return weight * Math.exp(-Math.max(0, now - weighedAt) / MEMORY_MS)
}
