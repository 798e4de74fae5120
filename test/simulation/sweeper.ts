import { withDeadline } from '@orchestrator/shared/core/clock'
import { sweepShard } from '@orchestrator/shared/jobs/sweep'
import { runSweep } from '../../workers/execution/src/sweep/run-sweep.ts'
import { SILENT } from './silent.ts'
import type { World } from './world.ts'

const DATA_DEADLINE_MS = 10_000

/** One run of the real sweep. It ends by itself, or nobody hears of it. */
export function sweep(world: World): void {
  const actor = world.newActor('sweep')
  const sweeping = runSweep({
    now: actor.now,
    config: () => world.config(actor),
    shards: (wanted) => [...wanted],
    sweepShard: (_shard, options) =>
      withDeadline(sweepShard(world.data(actor, { kind: 'sweep' }), options), DATA_DEADLINE_MS, 'DATA'),
    sendJobs: world.sendJobs(actor),
    listFallbacks: async () => ({ objects: [], more: false }),
    restoreObject: async (key) => ({ outcome: 'gone', key }),
    readPosition: async () => undefined,
    writePosition: async () => undefined,
    isKept: async () => true,
    keepUnreadable: async () => true,
    logger: SILENT,
    report: () => undefined,
  })
  sweeping.catch((error: unknown) => actor.trace(`the sweep fails: ${String(error)}`))
}
