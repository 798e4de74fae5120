import { dlqOf, QUEUE_NAMES, type QueueName } from '@orchestrator/shared/contracts/queue'
import type { Core } from './core.ts'

/** After so many failed deliveries a message goes to the dead-letter queue. Production has 100; here it is to happen. */
const MAX_RETRIES = 3
const MAX_BATCH = 5

export type AnyQueue = QueueName | `${QueueName}-dlq`

interface Message {
  id: string
  body: unknown
  sentAt: number
  attempts: number
}

export interface Delivered {
  readonly id: string
  readonly timestamp: Date
  readonly body: unknown
  readonly attempts: number
  ack(): void
  retry(options?: { delaySeconds?: number }): void
}

/** Works a batch. `crashed` is called when it ends there; `done` when it is through, or threw. */
export type Consume = (
  queue: AnyQueue,
  messages: readonly Delivered[],
  ends: { done(error?: Error): void; crashed(): void },
) => void

/** The queues: at least once, in no order, with everything that can happen to a message. */
export class Broker {
  readonly #core: Core
  readonly #consume: Consume
  readonly #ready = new Map<AnyQueue, Message[]>()
  readonly #pumping = new Set<AnyQueue>()
  #ids = 0

  constructor(core: Core, consume: Consume) {
    this.#core = core
    this.#consume = consume
    for (const queue of QUEUE_NAMES) for (const name of [queue, dlqOf(queue)]) this.#ready.set(name, [])
  }

  send(queue: AnyQueue, body: unknown, delaySeconds: number): void {
    const { rng, faults, scheduler } = this.#core
    if (rng.chance(faults.messageLost)) return this.#core.trace(`${queue} loses ${JSON.stringify(body)}`)
    if (!queue.endsWith('-dlq') && rng.chance(faults.messageGivenUp)) this.#giveUp(queue, body)
    const copies = rng.chance(faults.messageTwice) ? rng.int(2, 3) : 1
    const message = { id: `m${++this.#ids}`, body, sentAt: scheduler.now, attempts: 0 }
    for (let i = 0; i < copies; i++) {
      const late = rng.chance(faults.messageLate) ? rng.int(1_000, 900_000) : 0
      this.#enqueue(queue, { ...message }, delaySeconds * 1_000 + late + (i > 0 ? rng.int(0, 60_000) : 0))
    }
  }

  #enqueue(queue: AnyQueue, message: Message, delayMs: number): void {
    this.#core.scheduler.after(delayMs, () => {
      this.#ready.get(queue)?.push(message)
      this.#pump(queue)
    })
  }

  #pump(queue: AnyQueue): void {
    const { rng, scheduler } = this.#core
    if (this.#pumping.has(queue)) return
    this.#pumping.add(queue)
    scheduler.after(rng.int(0, 1_000), () => {
      this.#pumping.delete(queue)
      const mixed = rng.shuffled(this.#ready.get(queue) ?? [])
      const batch = mixed.slice(0, rng.int(1, MAX_BATCH))
      this.#ready.set(queue, mixed.slice(batch.length))
      if (mixed.length > batch.length) this.#pump(queue)
      if (batch.length > 0) this.#deliver(queue, batch)
    })
  }

  #deliver(queue: AnyQueue, batch: readonly Message[]): void {
    const { rng } = this.#core
    const said = new Map<Message, 'ack' | { delaySeconds: number }>()
    const delivered = batch.map((message): Delivered => {
      message.attempts++
      return {
        id: message.id,
        timestamp: new Date(message.sentAt),
        body: message.body,
        attempts: message.attempts,
        ack: () => void said.set(message, 'ack'),
        retry: ({ delaySeconds = 0 } = {}) => void said.set(message, { delaySeconds }),
      }
    })
    this.#consume(queue, delivered, {
      done: (error) => {
        for (const message of batch) {
          const told = said.get(message)
          if (told === 'ack' || (told === undefined && !error)) continue
          this.#again(queue, message, told?.delaySeconds ?? 0)
        }
      },
      // What a lost consumer had acknowledged was never told to anybody.
      crashed: () => {
        for (const message of batch) this.#again(queue, message, rng.int(0, 30))
      },
    })
  }

  #again(queue: AnyQueue, message: Message, delaySeconds: number): void {
    if (message.attempts <= MAX_RETRIES || queue.endsWith('-dlq')) return this.#enqueue(queue, message, delaySeconds * 1_000)
    this.#giveUp(queue, message.body)
  }

  #giveUp(queue: AnyQueue, body: unknown): void {
    const { rng, scheduler } = this.#core
    this.#core.trace(`${queue} gives up ${JSON.stringify(body)}`)
    const message = { id: `m${++this.#ids}`, body, sentAt: scheduler.now, attempts: 0 }
    for (let copies = rng.int(1, 4); copies > 0; copies--)
      this.#enqueue(dlqOf(queue as QueueName), { ...message }, rng.int(0, 60_000))
  }
}
