import type { QueueName } from '@orchestrator/shared/contracts/queue'
import { assertNever } from '@orchestrator/shared/core/result'
import { keepOrphanMessage, type NativeDeathOutcome, recordNativeDeath } from '@orchestrator/shared/jobs/native-death'
import { type NoticeOutcome, receiveDeathNotice } from '@orchestrator/shared/jobs/native-death-notice'
import { orphanId } from '@orchestrator/shared/jobs/orphan-id'
import type { Shard } from '@orchestrator/shared/db/shards'
import { type DlqMessage, toText } from './read-message.ts'

/** A webhook that waits in a message goes round again this slowly, until a database or R2 takes it, s. */
const PUT_BACK_DELAY_SECONDS = 60

export interface TakeDeps {
  now(): number
  shardOf(id: string): Shard | undefined
  writeShard(): Promise<Shard>
  newJobId(shard: number, now: number): string
  returnToWebhookQueue(message: unknown, delaySeconds: number): Promise<void>
}

export interface Arrival {
  /** The id the queue gave the message: the same on every delivery. */
  id: string
  sentAt: number
  queue: QueueName
  message: DlqMessage
}

export type Taken =
  | { outcome: 'known' | 'restored' | 'stale' | 'died' | 'put_back' }
  | { outcome: 'woken'; nativeDeaths: number }
  | { outcome: 'kept'; deadLetterJobId: string }

/** Does what one message of a dead-letter queue asks for. Rejects when a database or queue that it needs is down. */
export async function takeMessage(deps: TakeDeps, arrival: Arrival): Promise<Taken> {
  const { message } = arrival
  switch (message.kind) {
    case 'dead-letter':
    case 'job': {
      const shard = deps.shardOf(message.jobId)
      if (!shard) return keepUnderNewId(deps, arrival, 'The shard that its job id names does not exist.')
      const { jobId, generation } = message
      const now = deps.now()
      const concern = { jobId, generation, now, callbackId: deps.newJobId(shard.number, now) }
      const native = message.kind === 'job'
      const result = await shard.write<NativeDeathOutcome | NoticeOutcome>((db) =>
        native ? recordNativeDeath(db, concern) : receiveDeathNotice(db, concern),
      )
      return result.outcome === 'unknown_job' ? keepUnderItsId(shard, arrival, jobId, generation, deps.now()) : result
    }
    case 'fallback-pointer':
    case 'fallback-webhook':
      await deps.returnToWebhookQueue(message, PUT_BACK_DELAY_SECONDS)
      return { outcome: 'put_back' }
    case 'unreadable':
      return keepUnderNewId(deps, arrival, 'The message is not one of ours.')
    default:
      return assertNever(message)
  }
}

async function keepUnderItsId(shard: Shard, arrival: Arrival, id: string, generation: number, now: number): Promise<Taken> {
  const message = toText(arrival.message)
  const orphan = { id, generation, queue: arrival.queue, error: 'There is no job with the id of this message.', message, now }
  await shard.write((db) => keepOrphanMessage(db, orphan))
  return { outcome: 'kept', deadLetterJobId: id }
}

async function keepUnderNewId(deps: TakeDeps, arrival: Arrival, error: string): Promise<Taken> {
  const shard = await deps.writeShard()
  const id = await orphanId(shard.number, arrival)
  const message = arrival.message.kind === 'unreadable' ? arrival.message.text : toText(arrival.message)
  const orphan = { id, generation: 1, queue: arrival.queue, error, message, now: deps.now() }
  await shard.write((db) => keepOrphanMessage(db, orphan))
  return { outcome: 'kept', deadLetterJobId: id }
}
