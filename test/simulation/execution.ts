import { withDeadline } from '@orchestrator/shared/core/clock'
import { dlqOf } from '@orchestrator/shared/contracts/queue'
import { claimJobs } from '@orchestrator/shared/jobs/claim'
import { MAX_LOST_LEASES } from '@orchestrator/shared/jobs/constants'
import { finishJobs } from '@orchestrator/shared/jobs/finish'
import { keepOrphanMessage } from '@orchestrator/shared/jobs/native-death'
import type { HttpCall } from '../../workers/execution/src/connectors/http-connector.ts'
import { insertLog } from '../../workers/execution/src/execute/store-log.ts'
import type { QueueDeps, TurnDeps } from '../../workers/execution/src/queue/deps.ts'
import { RUNNER_GRACE_MS } from '../../workers/execution/src/runner/constants.ts'
import type { GroupAnswer, JobGroup } from '../../workers/execution/src/runner/group.ts'
import { workGroup } from '../../workers/execution/src/runner/work-group.ts'
import type { Actor } from './actor.ts'
import type { Isolate } from './objects.ts'
import { SILENT } from './silent.ts'
import { before } from './snapshot.ts'
import { jobOf } from './upstream.ts'
import type { World } from './world.ts'

/** As in the real wiring: D1 slower than this is given up, whatever it still does, ms. */
const DATA_DEADLINE_MS = 10_000
/** What an invocation does after its answer is ended by the platform after this, ms. */
const AFTER_ANSWER_MS = 30_000

/** What a consumer or Runner holds, by job: noted here, whatever its code takes it for. */
type Held = Map<string, { token: string; leaseUntil: number }>

const onData = <T>(work: Promise<T>): Promise<T> => withDeadline(work, DATA_DEADLINE_MS, 'DATA')

/** Changes what consumers and Runners have, for tests of the simulation itself. */
export type Change = (deps: QueueDeps, world: World) => Partial<QueueDeps>

/** What a consumer has. */
export function consumerDeps(world: World, actor: Actor, change: Change): QueueDeps {
  return depsOf(world, actor, world.anyIsolate(), new Map(), change)
}

/** What a consumer or Runner has; a Runner uses a part of it. */
function depsOf(world: World, actor: Actor, isolate: Isolate, held: Held, change: Change): QueueDeps {
  const deps: QueueDeps = {
    ...turnDeps(world, actor, isolate, held),
    newToken: () => world.newToken(),
    hasShard: (shard) => shard === 0,
    async claim(_shard, requests, options) {
      const { token, attemptMs } = options
      const generations = new Map(requests.map(({ jobId, generation }) => [jobId, generation]))
      const purpose = { kind: 'claim' as const, token, now: actor.now(), attemptMs, generations }
      const claims = await onData(claimJobs(world.data(actor, purpose), requests, options))
      for (const claim of claims.values()) {
        if (claim.outcome === 'claimed') held.set(claim.job.id, { token, leaseUntil: claim.job.leaseUntil })
      }
      return claims
    },
    keepOrphan: (_shard, orphan) => onData(keepOrphanMessage(world.data(actor, { kind: 'orphan' }), orphan)),
    runGroup: (group) => {
      const answer = run(world, actor, world.rng.chance(0.8) ? isolate : world.anyIsolate(), group, change)
      return withDeadline(answer, group.detachAfterMs + RUNNER_GRACE_MS, 'a Runner')
    },
    keep: (work) => void work.catch((error: unknown) => world.fail(`what was kept rejects: ${String(error)}`)),
    restoreObject: async (key) => ({ outcome: 'gone', key }),
    restoreText: async () => ({ outcome: 'unreadable', key: null }),
  }
  return { ...deps, ...change(deps, world) }
}

/** A Runner: an invocation of its own, whose answer travels, and whose later work the platform ends some time. */
function run(world: World, consumer: Actor, isolate: Isolate, group: JobGroup, change: Change): Promise<GroupAnswer> {
  const { rng, scheduler } = world
  const travel = () => rng.int(0, 20)
  return new Promise((resolve, reject) => {
    const tell = (told: () => void) => void scheduler.after(travel(), () => consumer.alive && told())
    const runner = world.newActor('runner', () => tell(() => reject(new Error('the Runner was lost'))))
    runner.trace(`works ${group.jobs.map(({ id }) => id).join()} for ${consumer.name}`)
    const { token } = group
    const held: Held = new Map(group.jobs.map(({ id, leaseUntil }) => [id, { token, leaseUntil }]))
    const deps = depsOf(world, runner, isolate, held, change)
    const working = async () => {
      try {
        const { inTime } = await workGroup(deps, structuredClone(group))
        if (runner.mayCrash('before its answer')) return
        tell(() => resolve(structuredClone(inTime)))
        scheduler.after(AFTER_ANSWER_MS, () => runner.end())
      } catch (error) {
        if (runner.alive) tell(() => reject(error instanceof Error ? error : new Error(String(error))))
      }
    }
    scheduler.after(travel(), () => void working())
  })
}

function turnDeps(world: World, actor: Actor, isolate: Isolate, held: Held): TurnDeps {
  const tokens = () => new Map([...held].map(([jobId, { token }]) => [jobId, token]))
  return {
    now: actor.now,
    random: world.rng.next,
    timer: (ms, callback) => world.scheduler.after(ms, callback),
    newTraceparent: (parent) => parent,
    config: () => world.config(actor),
    pinned: (revision) => {
      const work = () => world.configuration.pinned(revision)
      return actor.step({ channel: 'config', label: `reads revision ${revision}`, work })
    },
    gates: world.objects.gates(actor, isolate),
    autoPause: { onFailing: () => undefined, onDisable: () => undefined },
    pace: isolate.pace,
    readWebhook: async ({ body }) => new TextEncoder().encode(body),
    readInput: async () => undefined,
    call(call) {
      const wrong = wrongCall(world, actor, call, held)
      if (wrong) world.fail(wrong)
      return world.upstream.call(actor, call)
    },
    finish: (_shard, items, options) =>
      onData(finishJobs(world.data(actor, { kind: 'finish', tokens: tokens() }), items, options)),
    writeEvents(_shard, connector, trace, events) {
      const row = { at: actor.now(), connector, trace, attempt: null, events }
      return onData(insertLog(world.data(actor, { kind: 'events' }), [row]))
    },
    sendJobs: world.sendJobs(actor),
    sendNotices(queue, notices) {
      const messages = notices.map((body) => ({ body, delaySeconds: 0 }))
      return world.send(actor, dlqOf(queue), messages)
    },
    ownFailureDelaySeconds: 60,
    logger: SILENT,
    report: (error) => actor.trace(`reports ${String(error)}`),
  }
}

/** A call is begun only by who holds the job for longer than the call may take, and only when it is the job's turn. */
function wrongCall(world: World, actor: Actor, call: HttpCall, held: Held): string | undefined {
  const jobId = jobOf(call)
  const holding = held.get(jobId)
  const job = world.oracle.snapshot.jobs.get(jobId)
  if (!job || !holding) return `${jobId}: is called for by ${actor.name}, which does not hold it`
  const { token, leaseUntil } = holding
  if (job.token === token && job.lostLeases >= MAX_LOST_LEASES) return `${jobId}: is called after ${job.lostLeases} lost leases`
  if (actor.now() + call.attemptMs > leaseUntil) {
    return `${jobId}: may be called until ${actor.now() + call.attemptMs - leaseUntil} ms after its lease`
  }
  const [first] = before(world.oracle.snapshot, job)
  return first ? `${jobId}: is called before ${first.id}, which is ${first.state}` : undefined
}
