import type { JobRow } from '@orchestrator/shared/db/data-schema'
import type { Clients } from './clients.ts'
import { waitsForOperator } from './rest.ts'
import type { Senders } from './senders.ts'
import { logOf } from './snapshot.ts'
import type { World } from './world.ts'

/** What must hold once the world has come to rest; the first thing that does not. */
export function wrongAtRest(world: World, senders: Senders, clients: Clients): string | undefined {
  const { jobs } = world.oracle.snapshot
  for (const { jobIds } of senders.accepted) for (const id of jobIds) if (!jobs.has(id)) return `${id}: was accepted and is lost`
  const ofClients = clients.wrong()
  if (ofClients) return ofClients
  for (const job of jobs.values()) {
    const wrong = wrongState(world, job) ?? wrongAttempts(world, job) ?? wrongEffects(world, job) ?? wrongCallbacks(world, job)
    if (wrong) return `${job.id}: ${wrong}`
  }
  return wrongOrder(world)
}

function wrongState(world: World, job: JobRow): string | undefined {
  if (job.wakeAt === null || waitsForOperator(world, job)) return undefined
  return `is ${job.state} for ever`
}

/**
 * Attempts are no more than the policy allows. Each call that was issued is an attempt in the log, or its consumer was lost and
 * the log says that: nothing that an upstream may have done is hidden.
 */
function wrongAttempts(world: World, job: JobRow): string | undefined {
  const rows = logOf(job).flatMap((seq) => world.oracle.log.get(seq) ?? [])
  // The log of a callback begins with the last attempt of its parent.
  const attempts = rows.flatMap(({ attempt, jobId }) => (attempt && jobId === job.id ? [attempt] : []))
  const told = rows.flatMap(({ events }) => events).filter((event) => event.jobId === job.id)
  // An operator who takes a job out of the hands of its consumer is told, and tells, that nobody knows what came of it.
  const lost = told.filter(({ type, data }) => type === 'job.lease_expired' || (type === 'job.resolved' && data?.['interrupted']))
  // A replay may have put it under another revision: what it was under before stands in the event.
  const policyIn = (generation: number) => {
    const next = told.find(({ type, data }) => type === 'job.replayed' && Number(data?.['fromGeneration']) >= generation)
    const configRevision = next === undefined ? job.configRevision : Number(next.data?.['pinned'])
    return world.configuration.policyOf({ ...job, configRevision })
  }
  const confirmed = told.some(({ type, data }) => type === 'job.resolved' && data?.['as'] === 'succeeded')
  for (let generation = 1; generation <= job.generation; generation++) {
    const { maxAttempts } = policyIn(generation).retry
    const own = attempts.filter((attempt) => attempt.generation === generation)
    if (own.length > maxAttempts) return `${own.length} attempts in generation ${generation}, ${maxAttempts} are allowed`
    if (own.some(({ attempt }, i) => attempt !== i + 1))
      return `its attempts are numbered ${own.map(({ attempt }) => attempt).join()}`
  }
  const sent = attempts.filter(({ failure }) => failure !== 'config')
  const issued = world.upstream.issued.filter(({ jobId }) => jobId === job.id)
  const generations = Array.from({ length: job.generation }, (_, i) => i + 1)
  const callsOfOne = 1 + Math.max(...generations.map((generation) => policyIn(generation).hedge?.max ?? 0))
  if (issued.length > (sent.length + lost.length) * callsOfOne) {
    return `${issued.length} calls, but the log tells of ${sent.length} attempts and ${lost.length} lost leases`
  }
  const acted = world.upstream.effects.some(({ jobId }) => jobId === job.id)
  const doubtful = lost.length > 0 || attempts.some(({ outcome, status }) => outcome === 'unknown' || status !== null)
  if (acted && !doubtful) return 'the upstream acted, and nothing in the log says that it may have'
  const succeeded = attempts.filter(({ outcome }) => outcome === 'success').length
  return succeeded === Number(job.state === 'succeeded' && !confirmed) ? undefined : `${job.state} with ${succeeded} successes`
}

/** An upstream that knows its keys has acted once, whatever went wrong; and it has acted when the job says so. */
function wrongEffects(world: World, job: JobRow): string | undefined {
  const effects = world.upstream.effects.filter(({ jobId }) => jobId === job.id)
  if (effects.length > 1) return `the upstream acted under ${effects.map(({ key }) => key).join(' and ')}`
  return job.state === 'succeeded' && effects.length === 0 ? 'succeeded, and the upstream never acted' : undefined
}

/** Each end of a job that wants to tell it makes one job that does. */
function wrongCallbacks(world: World, job: JobRow): string | undefined {
  const { jobs, letters } = world.oracle.snapshot
  const children = [...jobs.values()].filter(({ parentId }) => parentId === job.id)
  const deaths = [...letters.values()].filter(({ jobId }) => jobId === job.id).length
  const ends = deaths + Number(job.state === 'succeeded' || job.state === 'cancelled')
  return children.length === (job.callback === null ? 0 : ends) ? undefined : `${ends} ends, told by ${children.length} callbacks`
}

/**
 * Effects of a key come in the order of its jobs. Not in it: what a call still does that was over for us (timed out, its
 * consumer lost), and jobs that died, let others pass and were replayed: they have a new place.
 */
function wrongOrder(world: World): string | undefined {
  const { jobs } = world.oracle.snapshot
  const ordered = world.upstream.effects.filter(({ jobId, call, at }) => {
    const inTime = call.endedAt === null || call.endedAt >= at
    return inTime && jobs.get(jobId)?.orderingKey !== null
  })
  const events = [...world.oracle.log.values()].flatMap((row) => row.events)
  const released = new Set(events.flatMap(({ type, jobId }) => (type === 'ordering_key.released' ? jobId : [])))
  const last = new Map<string, JobRow>()
  for (const { jobId } of ordered) {
    const job = jobs.get(jobId)
    if (!job || job.orderingKey === null || (job.generation > 1 && (job.onDeath !== 'block' || released.has(jobId)))) continue
    const earlier = last.get(job.orderingKey)
    if (earlier && (earlier.n ?? 0) > (job.n ?? 0)) return `${job.id} acted after ${earlier.id}, which is behind it`
    last.set(job.orderingKey, job)
  }
  return undefined
}
