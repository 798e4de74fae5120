import { errorMessage } from '@orchestrator/shared/core/errors'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { LOST_ALARM_MS } from './constants.ts'
import { listOverdue } from './store.ts'

interface Deps {
  now(): number
  logger: Logger
  liveShards(): Promise<Shard[]>
  wakeRunner(id: string): Promise<void>
}

/**
 * Wakes the runners of operations whose alarm was lost, or could not be set. Repeatable: who is awake stays so.
 * Rejects at the end where a shard could not be asked.
 */
export async function wakeOverdueRunners(deps: Deps): Promise<void> {
  const failures: unknown[] = []
  for (const shard of await deps.liveShards()) {
    let ids: string[] = []
    try {
      ids = await shard.read((db) => listOverdue(db, deps.now() - LOST_ALARM_MS))
    } catch (error) {
      // The others' alarms do not wait for this one.
      failures.push(error)
    }
    for (const id of ids) {
      try {
        await deps.wakeRunner(id)
        deps.logger.log('warn', 'a bulk operation had lost its alarm', { id })
      } catch (error) {
        deps.logger.log('error', 'a bulk operation cannot be woken', { id, cause: errorMessage(error) })
      }
    }
  }
  if (failures.length > 0) throw failures[0]
}
