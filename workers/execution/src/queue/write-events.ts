import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { TurnDeps } from './deps.ts'

/** Where events stand that no job's end carries. */
export interface EventsPlace {
  shard: number
  /** Of the jobs that brought them about. */
  trace: string
  /** Whose they are, where they do not say it themselves. */
  connector: string
}

/** Writes what became known of connectors before or after their jobs' ends were written. Never rejects: it is nobody's end. */
export async function writeEvents(
  deps: TurnDeps,
  { shard, trace, connector }: EventsPlace,
  events: readonly Omit<LogEvent, 'jobId'>[],
): Promise<void> {
  const ofConnector = ({ data }: Omit<LogEvent, 'jobId'>): string => {
    const named = data?.['connector']
    return typeof named === 'string' ? named : connector
  }
  try {
    for (const [name, own] of Map.groupBy(events, ofConnector)) await deps.writeEvents(shard, name, trace, own)
  } catch (error) {
    deps.logger.log('error', 'events of connectors could not be written', { shard, cause: errorMessage(error) })
    deps.report(error, { step: 'events' })
  }
}
