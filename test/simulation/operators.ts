import { discardJob } from '@orchestrator/shared/jobs/discard'
import type { NextJob } from '@orchestrator/shared/jobs/ordering'
import { replayJob } from '@orchestrator/shared/jobs/replay'
import { reviveDead } from '@orchestrator/shared/jobs/revive'
import type { Actor } from './actor.ts'
import { drawPause } from './configuration.ts'
import type { Clients } from './clients.ts'
import type { Senders } from './senders.ts'
import type { Letter } from './snapshot.ts'
import type { World } from './world.ts'

const PERSON = { kind: 'user', id: 'operator@example.com' } as const

/** Operators, who replay, discard, cancel, pause and resume; and senders that deliver an event again. */
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
      const outcome = await replayJob(this.#world.data(operator, { kind: 'replay' }), this.#about(letter, operator))
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

  #about({ jobId, generation }: Letter, operator: Actor) {
    const { resendGraceMs: graceMs } = this.#world.configuration.newest.settings
    return { jobId, generation, reason: 'asked', actor: PERSON, auditSeq: ++this.#audited, now: operator.now(), graceMs }
  }

  #closeSome(how: 'replay' | 'discard'): void {
    const { rng, oracle } = this.#world
    // People see old pages, too.
    const shown = rng.chance(0.25) ? [...oracle.snapshot.letters.values()] : this.open
    if (shown.length > 0) this[how](rng.pick(shown))
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
