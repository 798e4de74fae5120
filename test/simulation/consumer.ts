import { withDeadline } from '@orchestrator/shared/core/clock'
import { newId } from '@orchestrator/shared/core/ids'
import { consumeDeadLetters } from '../../workers/control/src/queue/consume.ts'
import { dispatchBatch } from '../../workers/execution/src/queue/dispatch.ts'
import type { Actor } from './actor.ts'
import type { AnyQueue, Consume, Delivered } from './broker.ts'
import { type Change, consumerDeps } from './execution.ts'
import { SILENT } from './silent.ts'
import type { World } from './world.ts'

const CONTROL_DEADLINE_MS = 3_000

/** Works batches as the Workers do: jobs by execution's dispatch, dead letters by control's consumer. */
export function consumerOf(change: Change): (world: World) => Consume {
  return (world) => (queue, messages, ends) => {
    let told = false
    // Once it has told what it acknowledges, its end is nobody's business.
    const actor = world.newActor(queue, () => void (told || ends.crashed()))
    actor.trace(`takes ${messages.map(({ id, body }) => `${id} ${JSON.stringify(body)}`).join(', ')}`)
    const working = queue.endsWith('-dlq')
      ? consumeDeadLetters(batchOf(queue, messages), deadLetterDeps(world, actor), { report: () => undefined })
      : dispatchBatch(consumerDeps(world, actor, change), { queue, messages })
    void finishing(working)

    async function finishing(work: Promise<void>): Promise<void> {
      const error = await work.then(
        () => undefined,
        (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
      )
      if (!actor.alive || actor.mayCrash('before its acknowledgements are told')) return
      told = true
      ends.done(error)
    }
  }
}

function batchOf(queue: AnyQueue, messages: readonly Delivered[]): MessageBatch {
  const retryAll = (options?: { delaySeconds?: number }) => {
    for (const message of messages) message.retry(options)
  }
  return { queue, messages, retryAll, ackAll: () => undefined, metadata: {} } as unknown as MessageBatch
}

function deadLetterDeps(world: World, actor: Actor): Parameters<typeof consumeDeadLetters>[1] {
  return {
    now: actor.now,
    shardOf: () => shardOf(world, actor),
    writeShard: async () => shardOf(world, actor),
    newJobId: (shard, at) => newId('job', shard, at, world.rng.next),
    returnToWebhookQueue: (body, delaySeconds) => world.send(actor, 'webhook', [{ body, delaySeconds }]),
    logger: SILENT,
  }
}

function shardOf(world: World, actor: Actor) {
  const work = <T>(statements: (db: D1Database) => Promise<T>): Promise<T> =>
    withDeadline(statements(world.data(actor, { kind: 'platform' })), CONTROL_DEADLINE_MS, 'DATA_00')
  return { number: 0, name: 'DATA_00', read: work, write: work }
}
