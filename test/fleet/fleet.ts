import { DeadlineError } from '@orchestrator/shared/core/clock'
import { leasePlan } from '../../workers/execution/src/durable/lease-plan.ts'
import { createGates } from '../../workers/execution/src/gates/create-gates.ts'
import type { Gates, GateTools } from '../../workers/execution/src/gates/gates.ts'
import { createGatesState } from '../../workers/execution/src/gates/state.ts'
import type { Rng } from '../simulation/random.ts'
import { Scheduler } from '../simulation/scheduler.ts'
import { BreakerObject, LimiterObject } from './durable-objects.ts'
import type { Scenario } from './scenario.ts'

/** A call that the gates let through. */
export interface Made {
  startedAt: number
  endedAt: number
  /** Whether it was a trial of a breaker that was not closed. */
  trial: boolean
}

export interface Run {
  made: Made[]
  refused: number
  hops: number
  /** Calls that began without waiting for a hop. */
  unwaited: number
  breaker: BreakerObject
}

/** What an isolate knows of a closed breaker lasts so long, ms: until then calls still begin after it opened. */
const FRESH_MS = 1_000

const TOOLS: GateTools = { emit: () => undefined, keep: (work) => void work.catch(() => undefined) }

/** Isolates know the configuration of that long ago, at most, ms. */
const CONFIG_MS = 5_000

interface Isolate {
  alive: boolean
  /** Of when the configuration is that it knows, ms before now. */
  behindMs: number
  gates: Gates
}

/** Runs the real gates of many isolates against the real Durable Objects' logic, in virtual time. */
export class Fleet {
  readonly #scenario: Scenario
  readonly #rng: Rng
  readonly #time: Scheduler
  readonly #limiters = new Map<string, LimiterObject>()
  readonly #breaker = new BreakerObject()
  readonly #run: Run
  readonly #inFlight = new Map<Made, Isolate>()
  #isolates: Isolate[]

  constructor(scenario: Scenario, rng: Rng) {
    this.#scenario = scenario
    this.#rng = rng
    this.#time = new Scheduler(0, rng)
    this.#run = { made: [], refused: 0, hops: 0, unwaited: 0, breaker: this.#breaker }
    this.#isolates = Array.from({ length: scenario.isolates }, () => this.#newIsolate())
  }

  async run(): Promise<Run> {
    if (this.#scenario.demand === 'waves') this.#wave()
    else this.#flood(Number.POSITIVE_INFINITY)
    this.#misfortune()
    while (this.#time.nextAt !== undefined && this.#time.nextAt < this.#scenario.durationMs) await this.#time.step()
    for (const made of this.#inFlight.keys()) made.endedAt = this.#scenario.durationMs
    return this.#run
  }

  /** Calls at random times until then, ms. */
  #flood(until: number): void {
    const gapMs = (-Math.log(1 - this.#rng.next()) * 1_000) / this.#scenario.demandPerSecond
    if (this.#time.now + gapMs >= until) return
    this.#time.after(gapMs, () => {
      void this.#call(this.#rng.pick(this.#isolates))
      this.#flood(until)
    })
  }

  #wave(): void {
    const { policy } = this.#scenario
    if (!policy.rateLimit) throw new Error('waves are for rate limits')
    const { cap, perTokenMs, leaseMs } = leasePlan(policy.rateLimit)
    const quietMs = Math.min(20_000, cap * perTokenMs * this.#rng.pick([0.5, 1.1]))
    const floodMs = policy.rateLimit.perMs * 1.5
    this.#time.after(quietMs, () => {
      const isolate = this.#rng.pick(this.#isolates)
      const count = Math.min(300, Math.ceil(cap) + 1)
      const demand = { connector: 'c', policy, limitScope: 'c', override: undefined, resetAt: this.#resetAt(isolate), count }
      void isolate.gates.prime([demand], TOOLS)
      for (let i = 0; i < count; i++) {
        this.#time.after(leaseMs * this.#between([0.8, 1]), () => void (isolate.alive && this.#call(isolate)))
      }
      const from = leaseMs * this.#between([0.5, 1])
      this.#time.after(from, () => this.#flood(this.#time.now + floodMs))
      this.#time.after(from + floodMs, () => this.#wave())
    })
  }

  /** Durable Objects that restart, isolates that die with all that they do. */
  #misfortune(): void {
    const { restartASecond, deathASecond } = this.#scenario.faults
    const STEP_MS = 100
    this.#time.after(this.#rng.int(1, 2 * STEP_MS), () => {
      if (this.#rng.chance((restartASecond * STEP_MS) / 1_000)) {
        for (const limiter of this.#limiters.values()) limiter.restart(this.#doClock())
        this.#breaker.restart()
      }
      if (this.#rng.chance((deathASecond * STEP_MS) / 1_000)) this.#kill(this.#rng.int(0, this.#isolates.length - 1))
      this.#misfortune()
    })
  }

  #kill(index: number): void {
    const dead = this.#isolates[index]
    if (!dead) return
    dead.alive = false
    for (const [made, isolate] of this.#inFlight) if (isolate === dead) this.#end(made)
    this.#isolates = this.#isolates.map((one) => (one === dead ? this.#newIsolate() : one))
  }

  async #call(isolate: Isolate): Promise<void> {
    const { policy, callMs, down } = this.#scenario
    const arrivedAt = this.#time.now
    const resetAt = this.#resetAt(isolate)
    const which = { connector: 'c', operation: 'o', limitScope: 'c' }
    const call = { ...which, client: null, input: null, policy, override: undefined, resetAt }
    const place = await isolate.gates.rateLimit(call, TOOLS).enter()
    if (!isolate.alive) return
    if (!place.allowed) return void this.#run.refused++
    const entry = await (place.breaker ?? isolate.gates.breaker(call, TOOLS)).enter()
    if (!isolate.alive) return
    if (!entry.allowed) {
      place.release()
      return void this.#run.refused++
    }
    const now = this.#time.now
    if (now === arrivedAt) this.#run.unwaited++
    const { phase, leftClosedAt } = this.#breaker
    const trial = phase === 'half-open' || (phase === 'open' && now - leftClosedAt > FRESH_MS)
    const made: Made = { startedAt: now, endedAt: Number.POSITIVE_INFINITY, trial }
    this.#run.made.push(made)
    this.#inFlight.set(made, isolate)
    this.#time.after(this.#between(callMs), () => {
      if (!isolate.alive) return
      this.#end(made)
      entry.settle(down.some(([from, until]) => from <= now && now < until) ? 'failure' : 'success')
      place.release()
    })
  }

  /** As the isolate knows it. */
  #resetAt({ behindMs }: Isolate): number {
    return this.#scenario.resets.findLast((at) => at <= this.#time.now - behindMs) ?? 0
  }

  #end(made: Made): void {
    made.endedAt = this.#time.now
    this.#inFlight.delete(made)
  }

  #newIsolate(): Isolate {
    // No two machines have the same time.
    const skewMs = this.#rng.int(-3_600_000, 3_600_000)
    const behindMs = this.#scenario.resets.length > 0 ? this.#rng.int(0, CONFIG_MS) : 0
    const isolate: Isolate = { alive: true, behindMs, gates: {} as Gates }
    isolate.gates = createGates(createGatesState(), {
      now: () => this.#time.now + skewMs + 10_000_000,
      rateLimiter: (key) => {
        const limiter = this.#limiters.get(key) ?? new LimiterObject()
        this.#limiters.set(key, limiter)
        return {
          acquire: (size, count) => this.#hop(isolate, () => limiter.acquire(size, count, this.#doClock())),
          enter: ({ limit }, id, ttlMs) => this.#hop(isolate, () => limiter.enter(limit, id, ttlMs, this.#doClock())),
          leave: (ids) => this.#hop(isolate, () => limiter.leave(ids)),
        }
      },
      breaker: () => ({
        acquire: (settings, count, reports = [], resetAt = 0) => {
          const sent = structuredClone(reports)
          return this.#hop(isolate, () => this.#breaker.acquire(settings, count, sent, this.#time.now, resetAt))
        },
      }),
      deadline: (work, ms, what) => this.#deadline(work, ms, what),
    })
    return isolate
  }

  /** A message there, work at one moment, an answer back: either may be slow or lost, and the dead hear nothing. */
  #hop<T>(isolate: Isolate, work: () => T): Promise<T> {
    this.#run.hops++
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#travel(() => {
      try {
        const value = work()
        this.#travel(() => isolate.alive && resolve(value))
      } catch (error) {
        reject(error as Error)
      }
    })
    return promise
  }

  #travel(arrive: () => void): void {
    const { hopMs, faults } = this.#scenario
    if (this.#rng.chance(faults.lostMessage)) return
    const slowMs = this.#rng.chance(faults.slowMessage) ? this.#rng.int(50, 3_000) : 0
    this.#time.after(this.#between(hopMs) + slowMs, arrive)
  }

  #deadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const cancel = this.#time.after(ms, () => reject(new DeadlineError(`${what} took longer than ${ms} ms`)))
    work.then(resolve, reject).finally(cancel)
    return promise
  }

  #doClock(): number {
    return this.#time.now + 77_000_000
  }

  #between([min, max]: readonly [number, number]): number {
    return min + this.#rng.next() * (max - min)
  }
}
