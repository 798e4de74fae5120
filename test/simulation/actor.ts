import type { Core } from './core.ts'

/** Where a step goes, which says how it can fail. */
export type Channel = 'd1' | 'queue' | 'object' | 'config'

export interface Step<T> {
  channel: Channel
  label: string
  /** What is done, at one moment. */
  work: () => T
}

const BUSY = 'D1_ERROR: Network connection lost.'
const BROKEN = 'D1_ERROR: internal error; reference = simulated'

/** A clock of ours is wrong by no more than this, ms. */
export const MAX_SKEW_MS = 500

/**
 * Somebody who takes steps: a consumer, a sweep, an operator. Each step takes time, may fail before or after it was done, and may
 * be the last one: then the actor's code waits for ever, and what it had asked for happens or not.
 */
export class Actor {
  readonly name: string
  alive = true
  readonly #core: Core
  readonly #onCrash: () => void
  readonly #skewMs: number

  constructor(core: Core, name: string, onCrash: () => void = () => undefined) {
    this.name = name
    this.#core = core
    this.#onCrash = onCrash
    this.#skewMs = core.rng.int(-MAX_SKEW_MS, MAX_SKEW_MS)
  }

  now = (): number => this.#core.scheduler.now + this.#skewMs

  trace(what: string): void {
    this.#core.trace(`${this.name}: ${what}`)
  }

  /** Whether the actor ends here. */
  mayCrash(where: string): boolean {
    if (this.alive && this.#core.rng.chance(this.#core.faults.crash)) {
      this.alive = false
      this.trace(`crashes ${where}`)
      this.#onCrash()
    }
    return !this.alive
  }

  /** The platform ends it: nobody is told, since nobody waits. */
  end(): void {
    if (this.alive) this.trace('ends')
    this.alive = false
  }

  step<T>({ channel, label, work }: Step<T>): Promise<T> {
    const { rng, scheduler } = this.#core
    return new Promise((resolve, reject) => {
      if (!this.alive || this.mayCrash(`before ${label}`)) return
      scheduler.after(this.#latency(label), () => {
        if (!this.alive && rng.chance(0.5)) return
        const refusal = this.#refusal(channel)
        const done = refusal ? { error: refusal } : attempt(work)
        const lost = 'error' in done ? undefined : this.#lostAnswer(channel)
        const note = lost ? ' (its answer is lost)' : 'error' in done ? `: ${done.error.message}` : ''
        this.trace(`${label}${this.alive ? '' : ', already dead'}${note}`)
        scheduler.after(this.#latency(label), () => {
          if (!this.alive || this.mayCrash(`after ${label}`)) return
          const error = 'error' in done ? done.error : lost
          if (error) reject(error)
          else if ('value' in done) resolve(done.value)
        })
      })
    })
  }

  #latency(label: string): number {
    const { rng, faults } = this.#core
    if (!rng.chance(faults.stall)) return rng.int(0, 20)
    const ms = rng.chance(0.5) ? rng.int(500, 12_000) : rng.int(12_000, 200_000)
    this.trace(`stalls ${ms} ms at ${label}`)
    return ms
  }

  #refusal(channel: Channel): Error | undefined {
    const { rng, faults } = this.#core
    if (channel === 'd1') {
      if (rng.chance(faults.d1Busy)) return new Error(BUSY)
      return rng.chance(faults.d1Broken) ? new Error(BROKEN) : undefined
    }
    const share = { queue: faults.sendFails, object: faults.objectDown, config: faults.configDown }[channel]
    return rng.chance(share) ? new Error(`the ${channel} is down`) : undefined
  }

  #lostAnswer(channel: Channel): Error | undefined {
    const { rng, faults } = this.#core
    if (channel === 'd1' && rng.chance(faults.d1AnswerLost)) return new Error(rng.chance(0.7) ? BUSY : BROKEN)
    return channel === 'queue' && rng.chance(faults.sendAnswerLost) ? new Error('the queue did not answer') : undefined
  }
}

function attempt<T>(work: () => T): { value: T } | { error: Error } {
  try {
    return { value: work() }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}
