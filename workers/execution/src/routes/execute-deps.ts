import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { loggedSources } from '@orchestrator/shared/config/sources'
import { sleep, startTimer, withDeadline } from '@orchestrator/shared/core/clock'
import { claimKey } from '@orchestrator/shared/idempotency/claim'
import { releaseKey, storeAnswer } from '@orchestrator/shared/idempotency/settle'
import type { LimitState } from '@orchestrator/shared/policy/types'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { childTrace, formatTraceparent } from '@orchestrator/shared/telemetry/trace-context'
import { httpConnectorDeps } from '../connectors/http-deps.ts'
import { autoPauseOf, boundDb, gatesOf, type Isolate, onData, onR2 } from '../deps.ts'
import type { Env } from '../env.ts'
import { claimInTime } from '../execute/claim-in-time.ts'
import { callUpstream } from '../execute/call-upstream.ts'
import type { ExecuteDeps } from '../execute/deps.ts'
import type { LogWriter } from '../execute/log-buffer.ts'
import { insertLog } from '../execute/store-log.ts'

/** A claim that takes longer is a refusal: nothing was called yet, and the caller waits, ms. */
const CLAIM_DEADLINE_MS = 3_000
/** What was called is to be stored: this may take longer, ms. */
const STORE_DEADLINE_MS = 5_000

/** What one request lends. */
export interface RequestTools {
  config: ConfigSnapshot
  context: Pick<ExecutionContext, 'waitUntil'>
  logger: Logger
  reporter: ErrorReporter
  tellLimit(limit: LimitState): void
}

/** The real functions behind `/execute`. Keys, answers and log stand in the shard that is written to. */
export function createExecuteDeps(env: Env, isolate: Isolate, tools: RequestTools): ExecuteDeps {
  const { config, context, logger, reporter } = tools
  const { writeShard } = config.settings
  const db = (): D1Database => boundDb(env, writeShard)
  const logWriter: LogWriter = {
    now: Date.now,
    sleep,
    write: (shard, rows) => onData(insertLog(boundDb(env, shard), rows)),
  }
  return {
    now: Date.now,
    random: Math.random,
    timer: startTimer,
    newOwner: () => crypto.randomUUID(),
    newTraceparent: (parent) => formatTraceparent(childTrace(parent)),
    configNow: () => isolate.loader.current(loggedSources(env, logger)),
    gates: gatesOf(env, isolate),
    autoPause: autoPauseOf(env, isolate, { logger, reporter }),
    call: (call, snapshot) => callUpstream(httpConnectorDeps(env, snapshot, isolate.tokens), call),
    claimKey: async (claim) =>
      claimInTime(
        claimKey(db(), claim, Date.now()),
        CLAIM_DEADLINE_MS,
        () => releaseKey(db(), claim),
        (work) => context.waitUntil(work),
      ),
    storeAnswer: async (owner, answer) => withDeadline(storeAnswer(db(), owner, answer), STORE_DEADLINE_MS, 'DATA'),
    releaseKey: async (owner) => withDeadline(releaseKey(db(), owner), STORE_DEADLINE_MS, 'DATA'),
    async writeBody(key, body) {
      await onR2(env.PAYLOADS.put(key, body))
    },
    async readBody(key) {
      const object = await onR2(env.PAYLOADS.get(key))
      return object ? new Uint8Array(await onR2(object.arrayBuffer())) : undefined
    },
    tellLimit: (limit) => tools.tellLimit(limit),
    writeLog: (connector, rows) =>
      isolate.log.add(
        writeShard,
        rows.map((row) => ({ ...row, connector })),
        logWriter,
      ),
    keep: (work) => context.waitUntil(work),
    logger,
    report: (error, tags) => reporter.report(error, tags),
  }
}
