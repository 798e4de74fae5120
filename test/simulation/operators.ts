import { newId } from '@orchestrator/shared/core/ids'
import { cancelJob } from '@orchestrator/shared/jobs/cancel-job'
import { discardJob } from '@orchestrator/shared/jobs/discard'
import type { NextJob } from '@orchestrator/shared/jobs/ordering'
import { releaseKey } from '@orchestrator/shared/jobs/release-key'
import { replayJob } from '@orchestrator/shared/jobs/replay'
import { resolveJob } from '@orchestrator/shared/jobs/resolve-job'
import { reviveDead } from '@orchestrator/shared/jobs/revive'
import type { Actor } from './actor.ts'
import { drawPause } from './configuration.ts'
import type { Clients } from './clients.ts'
import type { Senders } from './senders.ts'
import { isInLine, type Letter } from './snapshot.ts'
import type { World } from './world.ts'

const PERSON = { kind: 'user', id: 'operator@example.com' } as const

/** Operators, who replay, discard, cancel, resolve, release, pause and resume; and senders that deliver an event again. */
export class Operators {
  readonly #world: World
  readonly #senders: Senders
  readonly #clients: Clients
  #audited = 0

  constructor(world: World, senders: Senders, clients: Clients) {
    this.#world = world
    this.#senders = senders
    this.#clients = clients
  }

  /** They do something now and then, for so long, ms. */
  begin(ms: number): void {
    const { rng, scheduler } = this.#world
    const actions = [
      () => this.#closeSome('replay'),
      () => this.#closeSome(rng.chance(0.5) ? 'discard' : 'replay'),
      () => this.#redeliver(),
      () => this.#pauseOrResume(),
      () => this.#clients.cancelSome(),
      () => this.#cancelAny(),
      () => this.#resolveSome(),
      () => this.#releaseSome(),
      () => this.#world.configuration.changePolicies(),
    ]
    for (let at = rng.int(5_000, 60_000); at < ms; at += rng.int(5_000, 120_000)) {
      scheduler.after(at, () => rng.pick(actions)())
    }
  }

  /** What can be replayed. */
  get open(): Letter[] {
    const { jobs, letters } = this.#world.oracle.snapshot
    return [...letters.values()].filter((letter) => letter.status === 'open' && jobs.has(letter.jobId))
  }

  /** Brings a dead job back to work. */
  replay(letter: Letter): void {
    const operator = this.#world.newActor('operator')
    this.#try(async () => {
      const { revision } = this.#world.configuration.newest
      const change = { configRevision: this.#world.rng.chance(0.3) ? revision : null, newKey: false, input: null }
      const told = { pinned: this.#world.oracle.snapshot.jobs.get(letter.jobId)?.configRevision }
      const request = { ...this.#about(letter, operator), change, told }
      const outcome = await replayJob(this.#world.data(operator, { kind: 'replay' }), request)
      operator.trace(`replays ${letter.jobId}: ${outcome.outcome}`)
      if (outcome.outcome === 'replayed') await this.#send(operator, { ...outcome, id: outcome.jobId })
    })
  }

  /** Gives a dead job up. */
  discard(letter: Letter): void {
    const operator = this.#world.newActor('operator')
    this.#try(async () => {
      const outcome = await discardJob(this.#world.data(operator, { kind: 'discard' }), this.#about(letter, operator))
      operator.trace(`discards ${letter.jobId}: ${outcome.outcome}`)
      for (const next of outcome.outcome === 'discarded' ? outcome.next : []) await this.#send(operator, next)
    })
  }

  #about({ jobId, generation }: Pick<Letter, 'jobId' | 'generation'>, operator: Actor) {
    const { resendGraceMs: graceMs } = this.#world.configuration.newest.settings
    return { jobId, generation, reason: 'asked', actor: PERSON, auditSeq: ++this.#audited, now: operator.now(), graceMs }
  }

  #closeSome(how: 'replay' | 'discard'): void {
    const { rng, oracle } = this.#world
    // People see old pages, too.
    const shown = rng.chance(0.25) ? [...oracle.snapshot.letters.values()] : this.open
    if (shown.length > 0) this[how](rng.pick(shown))
  }

  #cancelAny(): void {
    const jobs = [...this.#world.oracle.snapshot.jobs.values()]
    if (jobs.length === 0) return
    const { id } = this.#world.rng.pick(jobs)
    const operator = this.#world.newActor('operator')
    this.#try(async () => {
      const { auditSeq, now, graceMs } = this.#about({ jobId: id, generation: 0 }, operator)
      const by = { reason: 'asked', actor: PERSON, auditSeq }
      const cancellation = { jobId: id, client: null, by, callbackId: this.#newJobId(now), now, graceMs }
      const outcome = await cancelJob(this.#world.data(operator, { kind: 'cancel' }), cancellation)
      operator.trace(`cancels ${id}: ${outcome.kind}`)
      for (const next of outcome.kind === 'cancelled' ? outcome.next : []) await this.#send(operator, next)
    })
  }

  /** What seems stuck, mostly. Done is called only what the upstream did. */
  #resolveSome(): void {
    const { rng, oracle, upstream } = this.#world
    const live = [...oracle.snapshot.jobs.values()].filter(({ wakeAt }) => wakeAt !== null)
    const running = live.filter(({ state }) => state === 'running')
    const jobs = running.length > 0 && rng.chance(0.7) ? running : live
    if (jobs.length === 0) return
    const job = rng.pick(jobs)
    const acted = upstream.effects.some(({ jobId }) => jobId === job.id)
    const as = rng.pick(acted ? (['succeeded', 'retry'] as const) : (['retry', 'dead', 'cancelled'] as const))
    // A call that is taken away may act after the next of its key has: who forces that has been told.
    const force = job.orderingKey === null && rng.chance(0.3)
    const operator = this.#world.newActor('operator')
    this.#try(async () => {
      const about = { ...this.#about({ jobId: job.id, generation: job.generation }, operator), as, force }
      const database = this.#world.data(operator, { kind: 'resolve', force })
      const outcome = await resolveJob(database, { ...about, callbackId: this.#newJobId(about.now) })
      operator.trace(`resolves ${job.id} as ${as}: ${outcome.outcome}`)
      for (const next of outcome.outcome === 'resolved' ? outcome.next : []) await this.#send(operator, next)
    })
  }

  /** Lets a key go on past a dead job that blocks it. */
  #releaseSome(): void {
    const { rng, oracle } = this.#world
    const blocking = [...oracle.snapshot.jobs.values()].filter((job) => job.state === 'dead' && isInLine(job))
    if (blocking.length === 0) return
    const { id, generation } = rng.pick(blocking)
    const operator = this.#world.newActor('operator')
    this.#try(async () => {
      const request = this.#about({ jobId: id, generation }, operator)
      const outcome = await releaseKey(this.#world.data(operator, { kind: 'release' }), request)
      operator.trace(`releases the key of ${id}: ${outcome.outcome}`)
      for (const next of outcome.outcome === 'released' ? outcome.next : []) await this.#send(operator, next)
    })
  }

  #newJobId(now: number): string {
    return newId('job', 0, now, this.#world.rng.next)
  }

  #redeliver(): void {
    const { accepted } = this.#senders
    if (accepted.length === 0) return
    const { inboxId } = this.#world.rng.pick(accepted)
    const ingress = this.#world.newActor('redelivery')
    this.#try(async () => {
      const { resendGraceMs: graceMs } = this.#world.configuration.newest.settings
      const revived = await reviveDead(this.#world.data(ingress, { kind: 'revive' }), inboxId, { now: ingress.now(), graceMs })
      for (const { queue, message } of revived) {
        await this.#send(ingress, { ...message, queue, id: message.jobId })
      }
    })
  }

  #pauseOrResume(): void {
    const { configuration, rng } = this.#world
    const { pauses } = configuration.newest
    configuration.pause(pauses.length > 0 && rng.chance(0.6) ? pauses.slice(1) : [...pauses, drawPause(rng)])
  }

  async #send(
    actor: Actor,
    { id, generation, queue, trace }: Pick<NextJob, 'id' | 'generation' | 'queue' | 'trace'>,
  ): Promise<void> {
    await this.#world.send(actor, queue, [{ body: { kind: 'job', jobId: id, generation, trace }, delaySeconds: 0 }])
  }

  /** What fails is told to the person, who tries again some time. */
  #try(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#world.trace(`an operator is told: ${String(error)}`))
  }
}
