import { newId } from '@orchestrator/shared/core/ids'
import { type Delayed, delayed, type JobMessage, MAX_QUEUE_DELAY_MS, QUEUE_NAMES } from '@orchestrator/shared/contracts/queue'
import { cancelJob } from '@orchestrator/shared/jobs/cancel-job'
import { type CreatedJob, createJobs } from '@orchestrator/shared/jobs/create-jobs'
import { newJobRow } from '@orchestrator/shared/jobs/new-row'
import { clientOrderingKey } from '@orchestrator/shared/jobs/ordering-key'
import { CONNECTORS, OPERATION } from './configuration.ts'
import { TRACE } from './senders.ts'
import type { World } from './world.ts'

const CLIENT = 'backend'
const DAY = 86_400_000

/** What a client asked for under one key, in all its tries. */
interface Asked {
  /** The jobs that each try would have made. */
  tries: string[][]
  /** It was told that the jobs are made. */
  told: boolean
}

/** Clients make jobs, some of which tell their end by another one; repeat themselves until they know; and cancel. */
export class Clients {
  readonly #world: World
  readonly #asked: Asked[] = []

  constructor(world: World) {
    this.#world = world
  }

  /** They ask so often, over this time, ms. */
  begin(count: number, ms: number): void {
    for (let i = 0; i < count; i++) {
      this.#world.scheduler.after(this.#world.rng.int(0, ms), () => {
        const asked = { tries: [], told: false }
        this.#asked.push(asked)
        this.#ask(`request-${i}`, this.#world.rng.int(1, 3), asked)
      })
    }
  }

  cancelSome(): void {
    const jobs = [...this.#world.oracle.snapshot.jobs.values()].filter(({ client }) => client === CLIENT)
    if (jobs.length === 0) return
    const { rng, configuration } = this.#world
    const { id } = rng.pick(jobs)
    const actor = this.#world.newActor('canceller')
    const cancelling = async () => {
      const now = actor.now()
      const request = { jobId: id, client: CLIENT, callbackId: newId('job', 0, now, rng.next), now }
      const { resendGraceMs: graceMs } = configuration.newest.settings
      const outcome = await cancelJob(this.#world.data(actor, { kind: 'cancel' }), { ...request, graceMs })
      actor.trace(`cancels ${id}: ${outcome.kind}`)
      if (outcome.kind !== 'cancelled') return
      for (const next of outcome.next) {
        const body: JobMessage = { kind: 'job', jobId: next.id, generation: next.generation, trace: next.trace }
        await this.#world.send(actor, next.queue, [delayed(body, Math.max(0, next.dueAt - now))])
      }
    }
    cancelling().catch((error: unknown) => actor.trace(`could not cancel: ${String(error)}`))
  }

  /** Of all the tries of a request, one has made its jobs, whole; and all know which. */
  wrong(): string | undefined {
    const { jobs } = this.#world.oracle.snapshot
    for (const { tries, told } of this.#asked) {
      const made = tries.filter((ids) => ids.some((id) => jobs.has(id)))
      if (made.length > 1) return `${made.flat().join()}: made by two tries of one request`
      if (made.some((ids) => !ids.every((id) => jobs.has(id)))) return `${made.flat().join()}: only some of them were made`
      if (told && made.length === 0) return `${tries.flat().join()}: told to be made, and not there`
    }
    return undefined
  }

  #ask(key: string, count: number, asked: Asked): void {
    const { rng, scheduler, configuration } = this.#world
    const again = () => {
      if (!asked.told) scheduler.after(rng.int(1_000, 60_000), () => this.#ask(key, count, asked))
    }
    const actor = this.#world.newActor('client', again)
    const now = actor.now()
    const jobs = Array.from({ length: count }, () => this.#job(now))
    asked.tries.push(jobs.map(({ id }) => id))
    const creating = async () => {
      const answer = { status: 202, headers: {}, body: { kind: 'text' as const, text: jobs.map(({ id }) => id).join() } }
      const ids = { owner: `owner-${jobs[0]?.id}`, requestId: `request-${jobs[0]?.id}` }
      const outcome = await createJobs(this.#world.data(actor, { kind: 'create' }), {
        jobs,
        trace: TRACE,
        now,
        key: { client: CLIENT, key, fingerprint: key, ...ids, expiresAt: now + DAY, answer },
      })
      asked.told = true
      if (outcome.kind === 'reused') this.#world.fail(`${key}: is said to be another request's`)
      if (outcome.kind === 'replayed' && !isOneOf(asked.tries, outcome.answer.body)) {
        this.#world.fail(`${key}: the answer given again names other jobs`)
      }
      if (outcome.kind !== 'created') return
      for (const job of jobs) {
        if (job.dueAt - now > MAX_QUEUE_DELAY_MS) continue
        const body: JobMessage = { kind: 'job', jobId: job.id, generation: 1, trace: TRACE }
        const message: Delayed<JobMessage> = delayed(body, job.dueAt - now)
        await this.#world.send(actor, job.queue, [message]).catch(() => undefined)
      }
      actor.trace(`made ${jobs.map(({ id }) => id).join()} of revision ${configuration.newest.revision}`)
    }
    creating().catch(again)
  }

  #job(now: number): CreatedJob {
    const { rng, configuration, lines } = this.#world
    const line = rng.chance(0.6) ? rng.pick(lines) : null
    const dueAt = rng.chance(0.2) ? now + rng.int(1, 900_000) : now
    const callback = { connector: rng.pick(CONNECTORS), operation: OPERATION, queue: rng.pick(QUEUE_NAMES) }
    const chosen = {
      id: newId('job', 0, now, rng.next),
      state: dueAt > now ? ('scheduled' as const) : ('queued' as const),
      queue: rng.pick(QUEUE_NAMES),
      inboxId: null,
      provider: null,
      route: null,
      connector: rng.pick(CONNECTORS),
      operation: OPERATION,
      input: '{"amount":1}',
      configRevision: configuration.newest.revision,
      policy: null,
      orderingKey: line && clientOrderingKey(CLIENT, line.key),
      dueAt,
      createdAt: now,
      trace: TRACE,
      client: CLIENT,
      callback: rng.chance(0.4) ? JSON.stringify(callback) : null,
      parentId: null,
      resultTtlMs: DAY,
      inputKey: null,
      onDeath: line && rng.chance(0.9) ? line.onDeath : rng.pick(['release', 'block'] as const),
    }
    const { resendGraceMs } = configuration.newest.settings
    return { ...newJobRow(chosen, { now, resendGraceMs }), client: CLIENT }
  }
}

function isOneOf(tries: readonly string[][], body: { kind: 'text'; text: string } | { kind: 'r2'; key: string }): boolean {
  return body.kind === 'text' && tries.some((ids) => ids.join() === body.text)
}
