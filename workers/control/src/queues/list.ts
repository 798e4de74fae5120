import { queueEtag } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { QueueList } from '@orchestrator/shared/contracts/pause-api'
import { QUEUE_NAMES, type QueueName } from '@orchestrator/shared/contracts/queue'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { PROBE_DEADLINE_MS } from '@orchestrator/shared/http/probes'
import type { Logger } from '@orchestrator/shared/telemetry/logger'

interface Deps {
  logger: Logger
  configInForce(): Promise<ConfigSnapshot>
  backlog(queue: QueueName): Promise<number>
}

/** The four queues, highest priority first. One that does not answer in time has no backlog that is known. */
export async function listQueues(deps: Deps): Promise<QueueList> {
  const { pauses, revision } = await deps.configInForce()
  const items = QUEUE_NAMES.map(async (name) => ({
    name,
    etag: queueEtag(name, { pauses }),
    paused: pauses.some(({ kind, id }) => kind === 'queue' && id === name),
    backlog: await backlogOf(deps, name),
  }))
  return { items: await Promise.all(items), configRevision: revision }
}

async function backlogOf(deps: Deps, queue: QueueName): Promise<number | null> {
  try {
    return await withDeadline(deps.backlog(queue), PROBE_DEADLINE_MS, queue)
  } catch (error) {
    deps.logger.log('warn', 'the backlog of a queue is unknown', { queue, cause: errorMessage(error) })
    return null
  }
}
