import { loggedSources } from '@orchestrator/shared/config/sources'
import { startTimer, withDeadline } from '@orchestrator/shared/core/clock'
import { shardDb } from '@orchestrator/shared/db/data-db'
import { restoreFallbackObject, restoreFallbackText } from '@orchestrator/shared/inbox/restore-accepted'
import { claimJobs } from '@orchestrator/shared/jobs/claim'
import { finishJobs } from '@orchestrator/shared/jobs/finish'
import { readBody } from '@orchestrator/shared/payloads/body'
import { callHttp } from './connectors/http-connector.ts'
import { httpConnectorDeps } from './connectors/http-deps.ts'
import {
  autoPauseOf,
  boundDb,
  gatesOf,
  type Isolate,
  onData,
  onR2,
  orphanDeps,
  queueSender,
  restoreDeps,
  type Telemetry,
} from './deps.ts'
import type { Env } from './env.ts'
import { insertLog } from './execute/store-log.ts'
import { OWN_FAILURE_DELAY_SECONDS } from './queue/constants.ts'
import type { QueueDeps, TurnDeps } from './queue/deps.ts'
import { RUNNER_GRACE_MS } from './runner/constants.ts'
import type { RunnerRpc } from './runner/group.ts'

/** The real functions behind the turns of jobs. */
export function createTurnDeps(env: Env, isolate: Isolate, telemetry: Telemetry): TurnDeps {
  const { logger } = telemetry
  const sources = loggedSources(env, logger)
  const { newTraceparent, sendNotices, report } = orphanDeps(env, telemetry)
  return {
    now: Date.now,
    random: Math.random,
    timer: startTimer,
    newTraceparent,
    config: () => isolate.loader.current(sources),
    pinned: (revision) => isolate.loader.pinned(revision, sources),
    gates: gatesOf(env, isolate),
    autoPause: autoPauseOf(env, isolate, telemetry),
    pace: isolate.pace,
    readWebhook: (webhook) => onR2(readBody(webhook, env.PAYLOADS)),
    readInput: (key) => onR2(env.PAYLOADS.get(key).then((object) => object?.text())),
    call: (call, config) => callHttp(httpConnectorDeps(env, config, isolate.tokens), call),
    finish: (shard, items, options) => onData(finishJobs(boundDb(env, shard), items, options)),
    writeEvents(shard, connector, trace, events) {
      const row = { at: Date.now(), connector, trace, attempt: null, events }
      return onData(insertLog(boundDb(env, shard), [row]))
    },
    sendJobs: queueSender(env),
    sendNotices,
    ownFailureDelaySeconds: OWN_FAILURE_DELAY_SECONDS[env.ENVIRONMENT],
    logger,
    report,
  }
}

/** What one invocation lends to a consumer of the queues. */
export interface Invocation {
  keep: (work: Promise<unknown>) => void
  runner: () => RunnerRpc
}

/** The real functions behind the queue consumers. */
export function createQueueDeps(env: Env, isolate: Isolate, telemetry: Telemetry, { keep, runner }: Invocation): QueueDeps {
  const restoring = restoreDeps(env)
  return {
    ...createTurnDeps(env, isolate, telemetry),
    newToken: () => crypto.randomUUID(),
    hasShard: (shard) => shardDb(env, shard) !== undefined,
    claim: (shard, requests, options) => onData(claimJobs(boundDb(env, shard), requests, options)),
    keepOrphan: orphanDeps(env, telemetry).keepOrphan,
    runGroup: async (group) => withDeadline(runner().run(group), group.detachAfterMs + RUNNER_GRACE_MS, 'a Runner'),
    keep,
    restoreObject: (key) => onData(restoreFallbackObject(restoring, key)),
    restoreText: (text) => onData(restoreFallbackText(restoring, text)),
  }
}

/**
 * What the platform hands to an invocation, the Worker's own entrypoints too:
 * https://developers.cloudflare.com/workers/runtime-apis/context/#exports
 */
export function invocationOf(context: Pick<ExecutionContext, 'waitUntil' | 'exports'>): Invocation {
  return {
    keep: (work) => context.waitUntil(work),
    runner() {
      const { Runner } = context.exports as unknown as { Runner?: RunnerRpc }
      if (!Runner) throw new Error('the main module of the Worker does not export Runner')
      return Runner
    },
  }
}
