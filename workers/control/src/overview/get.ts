import type { Overview } from '@orchestrator/shared/contracts/control-api'
import { QUEUE_NAMES, type QueueName } from '@orchestrator/shared/contracts/queue'
import type { Clock } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { Shard } from '@orchestrator/shared/db/shards'
import { countOpenDeadLetters } from '../dead-letters/queries.ts'
import { type Probe, runProbes } from '@orchestrator/shared/http/probes'
import { toTimeOrNull } from '@orchestrator/shared/core/time'
import { createParts } from './parts.ts'
import { countLiveJobs } from './queries.ts'

/** Counting stops here: past it, the exact number helps nobody and costs rows read. */
const COUNT_CAP = 1_000

interface Deps {
  now: Clock
  logger: Logger
  probes: readonly Probe[]
  liveShards(): Promise<Shard[]>
  backlog(queue: QueueName): Promise<number>
}

/** The state of everything. Each part has a deadline, and one that cannot be had is null and named. */
export async function getOverview(deps: Deps): Promise<Overview> {
  const { part, unavailable } = createParts(deps.logger, 'a part of the overview is unavailable')
  const [components, jobs, deadLetters, ...queues] = await Promise.all([
    runProbes(deps.probes, deps.now, (name, error) =>
      deps.logger.log('warn', 'a dependency is down', { dependency: name, cause: errorMessage(error) }),
    ),
    part('jobs', () => liveJobs(deps)),
    part('deadLetters', () => openDeadLetters(deps)),
    ...QUEUE_NAMES.map(async (queue) => ({ queue, backlog: await part(`queues.${queue}`, () => deps.backlog(queue)) })),
  ])
  return {
    components: components.map(({ name, status, latencyMs, detail }) => ({ name, status, latencyMs, detail })),
    jobs,
    queues,
    deadLetters,
    unavailable: unavailable.sort(),
  }
}

async function liveJobs(deps: Deps): Promise<NonNullable<Overview['jobs']>> {
  const shards = await deps.liveShards()
  const counts = await Promise.all(shards.map((shard) => shard.read((db) => countLiveJobs(db, COUNT_CAP))))
  const oldest = counts.flatMap((one) => one.oldestWaitingAt ?? [])
  return {
    waiting: counts.reduce((sum, one) => sum + one.waiting, 0),
    running: counts.reduce((sum, one) => sum + one.running, 0),
    oldestWaitingAt: toTimeOrNull(oldest.length > 0 ? Math.min(...oldest) : null),
  }
}

async function openDeadLetters(deps: Deps): Promise<NonNullable<Overview['deadLetters']>> {
  const shards = await deps.liveShards()
  const counts = await Promise.all(shards.map((shard) => shard.read((db) => countOpenDeadLetters(db, COUNT_CAP))))
  const open = counts.reduce((sum, one) => sum + one, 0)
  return { open: Math.min(open, COUNT_CAP), capped: open >= COUNT_CAP }
}
