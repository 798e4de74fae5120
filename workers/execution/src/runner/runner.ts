import { WorkerEntrypoint } from 'cloudflare:workers'
import { createTelemetry, thisIsolate } from '../deps.ts'
import { parseEnv } from '../env.ts'
import { createTurnDeps } from '../queue-deps.ts'
import type { GroupAnswer, JobGroup, RunnerRpc } from './group.ts'
import { workGroup } from './work-group.ts'

/**
 * Works a group of jobs in an invocation of its own: with its own six connections, and a life that no batch waits for.
 * `waitUntil` keeps it for 30 s after its answer: https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil
 */
export class Runner extends WorkerEntrypoint implements RunnerRpc {
  async run(group: JobGroup): Promise<GroupAnswer> {
    const env = parseEnv(this.env)
    const deps = createTurnDeps(env, thisIsolate, createTelemetry(env, this.ctx, { queue: group.queue, entrypoint: 'Runner' }))
    const { inTime, rest } = await workGroup(deps, group)
    this.ctx.waitUntil(rest)
    return inTime
  }
}
