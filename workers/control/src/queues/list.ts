import { queueEtag } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { QueueList, QueueView } from '@orchestrator/shared/contracts/pause-api'
import { QUEUE_NAMES, type QueueName } from '@orchestrator/shared/contracts/queue'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { createParts } from '../overview/parts.ts'
import { countQueues, type QueueCounts } from './queries.ts'

interface Deps {
  logger: Logger
  configInForce(): Promise<ConfigSnapshot>
  shardNumbered(number: number): Shard | undefined
  backlog(queue: QueueName): Promise<number>
}

/** Counting stops here, in each database. */
const COUNT_CAP = 1_000

/** The four queues, highest priority first. What does not answer in time is null, and named. */
export async function listQueues(deps: Deps): Promise<QueueList> {
  const { pauses, revision, settings } = await deps.configInForce()
  const { part, unavailable } = createParts(deps.logger, 'a part of the queues is unknown')
  const shards = settings.liveShards.flatMap((number) => deps.shardNumbered(number) ?? [])
  const [counts, ...backlogs] = await Promise.all([
    Promise.all(shards.map((shard) => part(shard.name, () => shard.read((db) => countQueues(db, QUEUE_NAMES, COUNT_CAP))))),
    ...QUEUE_NAMES.map((name) => part(`queues.${name}`, () => deps.backlog(name))),
  ])
  const known = counts.every((one) => one !== null) ? counts.flat() : null
  const items = QUEUE_NAMES.map((name, i) => ({
    name,
    etag: queueEtag(name, { pauses }),
    paused: pauses.some(({ kind, id }) => kind === 'queue' && id === name),
    backlog: backlogs[i] ?? null,
    ...countsOf(name, known),
  }))
  return { items, configRevision: revision, unavailable: unavailable.toSorted() }
}

function countsOf(name: QueueName, counts: readonly QueueCounts[] | null): Pick<QueueView, 'waiting' | 'deadLetters'> {
  if (!counts) return { waiting: null, deadLetters: null }
  const ours = counts.filter(({ queue }) => queue === name)
  const jobs = ours.reduce((sum, one) => sum + one.waiting, 0)
  const oldest = ours.flatMap(({ oldestAt }) => oldestAt ?? [])
  const open = ours.reduce((sum, one) => sum + one.deadLetters, 0)
  return {
    waiting: {
      jobs,
      oldestAt: toTimeOrNull(oldest.length > 0 ? Math.min(...oldest) : null),
      capped: ours.some(({ jobsCapped }) => jobsCapped),
    },
    deadLetters: { open, capped: ours.some(({ deadLettersCapped }) => deadLettersCapped) },
  }
}
