import type { JobState } from '@orchestrator/shared/contracts/jobs'
import type { JobRow } from '@orchestrator/shared/db/data-schema'
import { before, isInLine, letterKey, logOf, type Snapshot } from './snapshot.ts'

/** What a batch of statements is for: who may change what depends on it. */
export type Purpose =
  | { kind: 'create' | 'sweep' | 'platform' | 'notice' | 'replay' | 'revive' | 'cancel' | 'discard' | 'orphan' | 'events' }
  | { kind: 'release' }
  /** Whether it takes a job away from a consumer whose lease has not ended. */
  | { kind: 'resolve'; force: boolean }
  | { kind: 'claim'; token: string; now: number; attemptMs: number; generations: ReadonlyMap<string, number> }
  /** The token under which its consumer holds each job. */
  | { kind: 'finish'; tokens: ReadonlyMap<string, string> }

type Change = `${JobState} → ${JobState}`
const LIVE = ['scheduled', 'queued', 'running', 'retrying', 'held'] as const
const RESOLVED = ['queued', 'succeeded', 'dead', 'cancelled'] as const

/**
 * The changes of state that each kind of batch may make: the drawing of the design, written down apart from the table that the
 * statements are made of. A state that stays is always allowed.
 */
const ALLOWED: Record<Purpose['kind'], readonly Change[]> = {
  create: [],
  sweep: [],
  notice: [],
  orphan: [],
  events: [],
  discard: [],
  release: [],
  claim: ['queued → running', 'scheduled → running', 'retrying → running', 'held → running', 'running → queued'],
  finish: ['running → succeeded', 'running → retrying', 'running → queued', 'running → held', 'running → dead'],
  platform: ['scheduled → dead', 'queued → dead', 'running → dead', 'retrying → dead', 'held → dead'],
  replay: ['dead → queued'],
  revive: ['dead → queued'],
  resolve: LIVE.flatMap((state) => RESOLVED.map((to): Change => `${state} → ${to}`)),
  cancel: ['scheduled → cancelled', 'queued → cancelled', 'retrying → cancelled', 'held → cancelled'],
}

/** What is wrong with the change that one batch made, if anything is. `latest` is the time by the clock that is most ahead, ms. */
export function wrongTransition(purpose: Purpose, old: Snapshot, now: Snapshot, latest: number): string | undefined {
  for (const job of old.jobs.values()) if (!now.jobs.has(job.id)) return `${job.id} is gone`
  for (const job of now.jobs.values()) {
    const was = old.jobs.get(job.id)
    const wrong = was ? wrongChange(purpose, was, job, old, latest) : wrongBirth(purpose, job)
    if (wrong) return `${job.id}: ${wrong}`
  }
  return wrongLetters(now)
}

/**
 * Whoever was first in the line of a key and leaves it wakes the next one: that is not left to the sweep's slow looks.
 */
export function wrongTurn(old: Snapshot, now: Snapshot, latest: number, graceMs: number): string | undefined {
  for (const was of old.jobs.values()) {
    const job = now.jobs.get(was.id)
    if (!job || !isInLine(was) || isInLine(job) || before(old, was).length > 0) continue
    const [next] = before(now, { ...job, n: Number.POSITIVE_INFINITY })
    if (!next || next.state === 'running' || next.state === 'dead') continue
    const late = (next.wakeAt ?? 0) - Math.max(next.dueAt, latest) - graceMs
    if (late > 0) return `${next.id}: ${job.id} left the line in front of it, and it is woken ${late} ms too late`
  }
  return undefined
}

function wrongBirth({ kind }: Purpose, job: JobRow): string | undefined {
  const tellsAnEnd = job.parentId !== null && ['finish', 'platform', 'cancel', 'resolve'].includes(kind)
  if (kind === 'create' || tellsAnEnd) return undefined
  return `a batch of kind ${kind} made a job`
}

function wrongChange(purpose: Purpose, was: JobRow, job: JobRow, old: Snapshot, latest: number): string | undefined {
  if (purpose.kind === 'sweep' && was.wakeAt !== job.wakeAt && (was.wakeAt ?? Number.POSITIVE_INFINITY) > latest) {
    return `the sweep moved its time ${was.wakeAt}, which had not come`
  }
  if (was.state !== job.state && !ALLOWED[purpose.kind].includes(`${was.state} → ${job.state}`)) {
    return `${was.state} → ${job.state} by a batch of kind ${purpose.kind}`
  }
  if ((was.state === 'succeeded' || was.state === 'cancelled') && JSON.stringify(was) !== JSON.stringify(job)) {
    return `changed after it had ${was.state}`
  }
  if (!logOf(job).join().startsWith(logOf(was).join())) return 'its log has lost a row'
  if (job.generation !== was.generation + Number(was.state === 'dead' && job.state === 'queued')) {
    return `generation ${was.generation} → ${job.generation}`
  }
  return wrongPlace(was, job, old) ?? wrongEnd(job) ?? wrongHolder(purpose, was, job, old, latest)
}

/** Who held its place keeps it; who had left the line goes behind all that are in it. */
function wrongPlace(was: JobRow, job: JobRow, old: Snapshot): string | undefined {
  const hadLeft = was.orderingKey !== null && was.state === 'dead' && job.state === 'queued' && was.onDeath !== 'block'
  if (!hadLeft) return was.n === job.n ? undefined : `its place went from ${was.n} to ${job.n}`
  const others = [...old.jobs.values()].filter((other) => other.orderingKey === job.orderingKey)
  const last = Math.max(...others.map(({ n }) => n ?? 0))
  return (job.n ?? 0) > last ? undefined : `its new place ${job.n} is before ${last}`
}

/** Finished jobs are out of the sweep's sight, others never. */
function wrongEnd(job: JobRow): string | undefined {
  const finished = job.state === 'succeeded' || job.state === 'dead' || job.state === 'cancelled'
  if (finished !== (job.wakeAt === null)) return `${job.state} with wake_at ${job.wakeAt}`
  if (finished !== (job.finishedAt !== null)) return `${job.state} with finished_at ${job.finishedAt}`
  if ((job.state === 'succeeded') !== (job.result !== null)) return `${job.state} with result ${job.result}`
  return (job.state === 'running') === (job.leaseUntil !== null) ? undefined : `${job.state} with a lease`
}

function wrongHolder(purpose: Purpose, was: JobRow, job: JobRow, old: Snapshot, latest: number): string | undefined {
  const spent = job.attempts - was.attempts
  switch (purpose.kind) {
    case 'claim':
      return spent === 0 ? wrongClaim(purpose, was, job, old) : `a claim counts ${spent} attempts`
    case 'finish':
      if (was.state === job.state) return spent === 0 ? undefined : 'an attempt counts twice'
      if (was.token !== purpose.tokens.get(job.id)) {
        return `the holder of ${purpose.tokens.get(job.id)} wrote though ${was.token} holds it`
      }
      return spent === 0 || spent === 1 ? undefined : `a finish counts ${spent} attempts`
    case 'platform':
      if (was.state === 'running' && job.state === 'dead' && (was.leaseUntil ?? 0) > latest) return 'killed while it is worked'
      return spent === 0 ? undefined : `a native death counts ${spent} attempts`
    case 'resolve':
      if (was.state === 'running' && job.token !== was.token && !purpose.force && (was.leaseUntil ?? 0) > latest) {
        return 'resolved while it is worked, and nobody forced that'
      }
      if (was.state === 'running' && job.token === was.token && job.state !== 'running')
        return 'resolved, and its consumer may write'
      return spent === 0 ? undefined : `a resolution counts ${spent} attempts`
    case 'replay':
    case 'revive':
      return undefined
    default:
      return spent === 0 ? undefined : `a batch of kind ${purpose.kind} counts ${spent} attempts`
  }
}

function wrongClaim(claim: Extract<Purpose, { kind: 'claim' }>, was: JobRow, job: JobRow, old: Snapshot): string | undefined {
  if (was.token === job.token && was.leaseUntil === job.leaseUntil) return undefined
  if (was.state === 'running' && job.state === 'queued') {
    return was.token === claim.token ? undefined : `the holder of ${claim.token} released what ${was.token} holds`
  }
  if (job.token !== claim.token) return `${claim.token} claimed it for ${job.token}`
  const asked = claim.generations.get(job.id)
  if (asked !== job.generation) return `a message of generation ${asked} claimed generation ${job.generation}`
  const takenOver = was.state === 'running'
  if (takenOver && (was.leaseUntil ?? 0) >= claim.now) return `taken over ${(was.leaseUntil ?? 0) - claim.now} ms early`
  if (!takenOver && was.dueAt > claim.now) return `claimed ${was.dueAt - claim.now} ms before it was due`
  if (job.lostLeases !== was.lostLeases + Number(takenOver)) return `lost leases ${was.lostLeases} → ${job.lostLeases}`
  if ((job.leaseUntil ?? 0) < claim.now + claim.attemptMs) return 'its lease is shorter than an attempt'
  const [first] = before(old, was)
  return first ? `claimed before ${first.id}, which is ${first.state} in front of it` : undefined
}

/** Dead is who has a dead letter of its generation, and nobody else. */
function wrongLetters(now: Snapshot): string | undefined {
  for (const job of now.jobs.values()) {
    const letter = now.letters.get(letterKey(job.id, job.generation))
    if ((job.state === 'dead') !== (letter !== undefined)) return `${job.id}: ${job.state}, dead letter ${letter?.status}`
    if (job.state !== 'dead') continue
    if (letter?.status === 'replayed') return `${job.id}: dead, and its letter is replayed`
    const blocks = job.orderingKey !== null && job.onDeath === 'block'
    if (blocks && letter?.status !== 'open') return `${job.id}: blocks its key for ever, its letter is ${letter?.status}`
  }
  for (const letter of now.letters.values()) {
    const job = now.jobs.get(letter.jobId)
    if (!job && letter.message === null) return `a dead letter of ${letter.jobId}, which never was`
    if (job && letter.generation < job.generation && letter.status !== 'replayed') {
      return `${job.id}: alive again, and its letter ${letter.generation} is ${letter.status}`
    }
  }
  return undefined
}
