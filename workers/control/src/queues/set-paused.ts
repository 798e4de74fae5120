import { queueEtag } from '@orchestrator/shared/config/etag'
import type { ChangeContext } from '@orchestrator/shared/config/change'
import type { ReplayRequest } from '@orchestrator/shared/contracts/control-api'
import type { ChangedQueue } from '@orchestrator/shared/contracts/pause-api'
import { queueName } from '@orchestrator/shared/contracts/queue'
import { AppError } from '@orchestrator/shared/core/errors'
import type { ConfigDeps } from '../config/deps.ts'
import { contentOf } from '@orchestrator/shared/config/revision'
import { withPause } from '@orchestrator/shared/config/with-pause'

/** Holds the jobs of a queue, or lets them go on. Repeatable: where nothing is to change, nothing is published. */
export async function setQueuePaused(
  deps: ConfigDeps,
  by: ChangeContext,
  name: string,
  paused: boolean,
  { reason }: ReplayRequest,
): Promise<ChangedQueue> {
  const queue = queueName.safeParse(name)
  if (!queue.success) throw new AppError('not_found', `There is no such queue: ${name}.`)
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const { pauses } = withPause(current.pauses, { kind: 'queue', id: queue.data }, paused)
    return {
      content: { ...contentOf(current), pauses },
      audit: {
        action: paused ? 'queue.paused' : 'queue.resumed',
        target: `queue:${queue.data}`,
        reason,
        before: { paused: !paused },
        after: { paused },
      },
      value: { name: queue.data, paused, etag: queueEtag(queue.data, { pauses }) },
    }
  })
  return { ...value, ...changed }
}
