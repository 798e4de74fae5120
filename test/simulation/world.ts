import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Delayed, QueueName } from '@orchestrator/shared/contracts/queue'
import { Actor } from './actor.ts'
import { type AnyQueue, Broker, type Consume } from './broker.ts'
import { Configuration } from './configuration.ts'
import type { Core } from './core.ts'
import { d1 } from './d1.ts'
import { CALM, drawFaults, type Faults } from './faults.ts'
import { createIsolate, type Isolate, Objects } from './objects.ts'
import { Oracle } from './oracle.ts'
import { createRng, type Rng } from './random.ts'
import { Scheduler } from './scheduler.ts'
import type { Sqlite } from './sqlite.ts'
import type { Purpose } from './transitions.ts'
import { Upstream } from './upstream.ts'

const BEGIN = Date.UTC(2026, 0, 1)

/** One run's world: time, database, queues, upstreams, and who watches them. */
export class World implements Core {
  readonly rng: Rng
  readonly scheduler: Scheduler
  faults: Faults
  readonly configuration: Configuration
  readonly oracle: Oracle
  readonly upstream: Upstream
  readonly broker: Broker
  readonly objects: Objects
  /** Ordering keys, and what the death of most of their jobs does to them. */
  readonly lines: readonly { key: string; onDeath: 'release' | 'block' }[]
  violation: string | undefined
  readonly #log: ((line: string) => void) | undefined
  readonly #isolates: readonly Isolate[] = [createIsolate(), createIsolate()]
  #actors = 0
  #tokens = 0

  constructor(seed: number, sqlite: Sqlite, consume: (world: World) => Consume, log?: (line: string) => void) {
    sqlite.clear()
    this.#log = log
    this.rng = createRng(seed)
    this.scheduler = new Scheduler(BEGIN, this.rng)
    this.faults = drawFaults(this.rng)
    this.lines = Array.from({ length: this.rng.int(1, 2) }, (_, i) => ({
      key: `key-${i}`,
      onDeath: this.rng.pick(['release', 'block'] as const),
    }))
    this.configuration = new Configuration(this)
    this.oracle = new Oracle(this, sqlite, () => this.configuration.newest.settings.resendGraceMs)
    this.upstream = new Upstream(this, (connector) => this.configuration.storesErrors(connector))
    this.objects = new Objects(this)
    this.broker = new Broker(this, consume(this))
  }

  trace(line: string): void {
    this.#log?.(`${((this.scheduler.now - BEGIN) / 1_000).toFixed(3).padStart(10)} s  ${line}`)
  }

  fail(violation: string): void {
    this.violation ??= violation
    this.trace(`VIOLATION ${violation}`)
  }

  /** What goes wrong ends here; what is under way goes on. */
  calm(): void {
    this.faults = CALM
    this.trace('from here on nothing fails')
  }

  newActor(role: string, onCrash?: () => void): Actor {
    return new Actor(this, `${role}-${++this.#actors}`, onCrash)
  }

  anyIsolate(): Isolate {
    return this.rng.pick(this.#isolates)
  }

  newToken(): string {
    return `token-${++this.#tokens}`
  }

  /** DATA as an actor reaches it, for one purpose. */
  data(actor: Actor, purpose: Purpose): D1Database {
    return d1((statements) =>
      actor.step({ channel: 'd1', label: `D1 ${purpose.kind}`, work: () => this.oracle.execute(statements, purpose) }),
    )
  }

  send(actor: Actor, queue: AnyQueue, messages: readonly Delayed<unknown>[]): Promise<void> {
    const label = `sends to ${queue} ${JSON.stringify(messages)}`
    const work = () => {
      for (const { body, delaySeconds } of messages) this.broker.send(queue, body, delaySeconds)
    }
    return actor.step({ channel: 'queue', label, work })
  }

  sendJobs(actor: Actor): (queue: QueueName, messages: readonly Delayed<unknown>[]) => Promise<void> {
    return (queue, messages) => this.send(actor, queue, messages)
  }

  config(actor: Actor): Promise<ConfigSnapshot> {
    return actor.step({ channel: 'config', label: 'reads the configuration', work: () => this.configuration.held() })
  }
}
